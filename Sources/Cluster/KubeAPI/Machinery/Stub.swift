@_exported import KubeTypes
package struct StatusError: Error, Equatable {}
package enum PatchType { case x }
extension ResourceKind { package var info: KindInfo { Catalogue.kinds[Int(rawValue)] } }
