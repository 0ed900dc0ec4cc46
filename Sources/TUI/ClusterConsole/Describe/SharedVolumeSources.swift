import KubeAPI

// Plugins whose volumes a pod and the cluster name in the same words, but for what their secret is a reference to.
// Follows kubectl `pkg/describe/describe.go`, `printISCSIVolumeSource` and the like.

/// A reference to a secret, as Go prints a pointer to one.
protocol SecretPointer {
    var goText: String { get }
}

extension LocalObjectReference: SecretPointer {
    var goText: String { "&LocalObjectReference{Name:\(name ?? ""),}" }
}

extension SecretReference: SecretPointer {
    var goText: String { "&SecretReference{Name:\(name ?? ""),Namespace:\(namespace ?? ""),}" }
}

/// What volumes of all these plugins have.
protocol PluginVolumeSource {
    associatedtype Secret: SecretPointer
    var secretRef: Secret? { get }
    var readOnly: Bool? { get }
}

extension PluginVolumeSource {
    fileprivate var secret: (String, String) { ("SecretRef", secretRef?.goText ?? "nil") }
    fileprivate var writability: (String, String) { ("ReadOnly", PluginVolume.flag(readOnly)) }
}

/// Those with a file system of a type that the volume names.
protocol PluginDiskSource: PluginVolumeSource {
    var fsType: String? { get }
}

extension PluginDiskSource {
    fileprivate var fileSystem: (String, String) { ("FSType", fsType ?? "") }
}

protocol InternetSCSISource: PluginDiskSource {
    var targetPortal: String { get }
    var iqn: String { get }
    var lun: Int { get }
    var iscsiInterface: String? { get }
    var portals: [String] { get }
    var chapAuthDiscovery: Bool? { get }
    var chapAuthSession: Bool? { get }
    var initiatorName: String? { get }
}

extension ISCSIVolumeSource: InternetSCSISource {}
extension ISCSIPersistentVolumeSource: InternetSCSISource {}

extension InternetSCSISource {
    var described: PluginVolume {
        PluginVolume(
            "ISCSI (an ISCSI Disk resource that is attached to a kubelet's host machine and then exposed to the pod)",
            [
                ("TargetPortal", targetPortal), ("IQN", iqn), ("Lun", "\(lun)"),
                ("ISCSIInterface", iscsiInterface ?? ""), fileSystem, writability,
                ("Portals", PluginVolume.list(portals)),
                ("DiscoveryCHAPAuth", PluginVolume.flag(chapAuthDiscovery)),
                ("SessionCHAPAuth", PluginVolume.flag(chapAuthSession)), secret,
                ("InitiatorName", initiatorName ?? "<none>"),
            ])
    }
}

protocol RadosSource: PluginDiskSource {
    var monitors: [String] { get }
    var image: String { get }
    var pool: String? { get }
    var user: String? { get }
    var keyring: String? { get }
}

extension RBDVolumeSource: RadosSource {}
extension RBDPersistentVolumeSource: RadosSource {}

extension RadosSource {
    var described: PluginVolume {
        PluginVolume(
            "RBD (a Rados Block Device mount on the host that shares a pod's lifetime)",
            [
                ("CephMonitors", PluginVolume.list(monitors)), ("RBDImage", image), fileSystem,
                ("RBDPool", pool ?? ""), ("RadosUser", user ?? ""), ("Keyring", keyring ?? ""), secret, writability,
            ])
    }
}

protocol CinderSource: PluginDiskSource {
    var volumeID: String { get }
}

extension CinderVolumeSource: CinderSource {}
extension CinderPersistentVolumeSource: CinderSource {}

extension CinderSource {
    var described: PluginVolume {
        PluginVolume(
            "Cinder (a Persistent Disk resource in OpenStack)",
            [("VolumeID", volumeID), fileSystem, writability, secret])
    }
}

protocol FlexSource: PluginDiskSource {
    var driver: String { get }
    var options: StringMap<String> { get }
}

extension FlexVolumeSource: FlexSource {}
extension FlexPersistentVolumeSource: FlexSource {}

extension FlexSource {
    var described: PluginVolume {
        let options = options.map { "\($0.key):\($0.value)" }
        return PluginVolume(
            "FlexVolume (a generic volume resource that is provisioned/attached using an exec based plugin)",
            [("Driver", driver), fileSystem, secret, writability, ("Options", "map" + PluginVolume.list(options))])
    }
}

protocol ScaleIOSource: PluginDiskSource {
    var gateway: String { get }
    var system: String { get }
    var protectionDomain: String? { get }
    var storagePool: String? { get }
    var storageMode: String? { get }
    var volumeName: String? { get }
}

extension ScaleIOVolumeSource: ScaleIOSource {}
extension ScaleIOPersistentVolumeSource: ScaleIOSource {}

extension ScaleIOSource {
    /// - Parameter secret: How the secret is told, which a pod's is not.
    func described(secret: [(String, String)] = []) -> PluginVolume {
        PluginVolume(
            "ScaleIO (a persistent volume backed by a block device in ScaleIO)",
            [
                ("Gateway", gateway), ("System", system), ("Protection Domain", protectionDomain ?? ""),
                ("Storage Pool", storagePool ?? ""), ("Storage Mode", storageMode ?? ""),
                ("VolumeName", volumeName ?? ""),
            ] + secret + [fileSystem, writability])
    }
}

protocol CephFSSource: PluginVolumeSource {
    var monitors: [String] { get }
    var path: String? { get }
    var user: String? { get }
    var secretFile: String? { get }
}

extension CephFSVolumeSource: CephFSSource {}
extension CephFSPersistentVolumeSource: CephFSSource {}

extension CephFSSource {
    var described: PluginVolume {
        PluginVolume(
            "CephFS (a CephFS mount on the host that shares a pod's lifetime)",
            [
                ("Monitors", PluginVolume.list(monitors)), ("Path", path ?? ""), ("User", user ?? ""),
                ("SecretFile", secretFile ?? ""), secret, writability,
            ])
    }
}

/// Its secret is not told.
protocol StorageOSSource {
    var volumeName: String? { get }
    var volumeNamespace: String? { get }
    var fsType: String? { get }
    var readOnly: Bool? { get }
}

extension StorageOSVolumeSource: StorageOSSource {}
extension StorageOSPersistentVolumeSource: StorageOSSource {}

extension StorageOSSource {
    var described: PluginVolume {
        PluginVolume(
            "StorageOS (a StorageOS Persistent Disk resource)",
            [
                ("VolumeName", volumeName ?? ""), ("VolumeNamespace", volumeNamespace ?? ""), ("FSType", fsType ?? ""),
                ("ReadOnly", PluginVolume.flag(readOnly)),
            ])
    }
}
