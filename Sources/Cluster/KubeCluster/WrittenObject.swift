import KubeAPI
import KubeClient

/// An object and its manifest, which may say less than the object has: the types of Kubernetes have a value for every
/// required field.
package struct WrittenObject: Sendable {
    package let object: KubeObject
    package let written: JSONValue

    package init(_ object: KubeObject, written: JSONValue) {
        self.object = object
        self.written = written
    }

    /// Where it goes when it is applied.
    package var placedKey: ObjectKey {
        ObjectKey(object.kind, namespace: WrittenObject.namespace(of: object), name: object.name)
    }

    /// Objects without a namespace go to `default`, if their kind has one.
    static func namespace(of object: KubeObject) -> String {
        object.kind.info.isNamespaced && object.namespace.isEmpty ? "default" : object.namespace
    }
}
