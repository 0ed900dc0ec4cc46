/// Values as upstream prints them in the messages of validation: as JSON of its internal types.
///
/// These have no names for JSON, so that every field has its name in Go and none is left out: a node's taint reads
/// `{"Key":"a","Value":"","Effect":"NoSchedule","TimeAdded":null}`. Types of `meta/v1` are the same inside and outside,
/// and read as they do on the wire. What differs from the schema's order, names and pointers is in the tables below; an
/// empty list that was written out is not told from one that was not.
///
/// Follows apimachinery `pkg/util/validation/field/errors.go` `ErrorBody` and kubernetes pkg/apis/*/types.go.
enum GoValueText {
    /// Nil for values of no internal type: texts, numbers, lists of such.
    static func text<Value: JSONCodable>(_ value: Value) -> String? {
        var name = Substring(String(describing: Value.self))
        var depth = 0
        while name.hasPrefix("Array<"), name.hasSuffix(">") {
            name = name.dropFirst("Array<".count).dropLast()
            depth += 1
        }
        guard let type = SchemaTable.shared.type(named: String(name)), !isShared(type) else { return nil }
        guard let tree = try? JSONValue.decode(value.json) else { return nil }
        let field = (0..<depth).reduce(SchemaFieldType.object(type.name)) { field, _ in .list(field) }
        return text(tree, field, isPlain: true)
    }

    /// Whether a type is the same on the wire and inside.
    private static func isShared(_ type: SchemaType) -> Bool { type.definition.contains(".apimachinery.") }

    private static func text(_ value: JSONValue?, _ type: SchemaFieldType, isPlain: Bool) -> String {
        switch (type, value) {
        case (.list(let element), .array(let elements)?):
            return "[" + elements.map { text($0, element, isPlain: true) }.joined(separator: ",") + "]"
        case (.map(let element), .object(let members)?):
            let entries = members.map { name, value in
                JSONValue.string(name).jsonText + ":" + text(value, element, isPlain: true)
            }
            return "{" + entries.joined(separator: ",") + "}"
        case (.list, _), (.map, _): return "null"
        case (.object(let name), _):
            guard let type = SchemaTable.shared.type(named: name) else { return value?.jsonText ?? "null" }
            if value?.isPresent != true, !isPlain { return "null" }
            return object(value, type)
        default:
            if let value, value.isPresent { return value.jsonText }
            return isPlain ? zero(type) : "null"
        }
    }

    private static func zero(_ type: SchemaFieldType) -> String {
        switch type {
        case .string: "\"\""
        case .quantity: "\"0\""
        case .int32, .int64, .double, .intOrString: "0"
        case .bool: "false"
        default: "null"
        }
    }

    private static func object(_ value: JSONValue?, _ type: SchemaType) -> String {
        "{" + members(value, type, isShared: isShared(type)).joined(separator: ",") + "}"
    }

    /// The members as `"Name":value`. Those of embedded structs are their holder's.
    private static func members(_ value: JSONValue?, _ type: SchemaType, isShared: Bool) -> [String] {
        if isShared {
            return type.fields.compactMap { field in
                guard let value = value?[field.name] else { return nil }
                let text = field.type.objectType.map { object(value, $0) } ?? value.jsonText
                return "\"\(field.name)\":" + text
            }
        }
        let moved = movedFields[type.name] ?? []
        var fields = type.fields.filter { !moved.contains($0.name) }
        if let first = orders[type.name] {
            let names = first.split(separator: " ").map(String.init)
            fields = names.compactMap(type.field) + fields.filter { !names.contains($0.name) }
        }
        var result: [String] = []
        for field in fields {
            if field.name == "metadata", let metadata = field.type.objectType {
                result += members(value?["metadata"], metadata, isShared: true)
                continue
            }
            let isPlain =
                field.isPlain || field.isRequired && !field.isPointer
                || plainFields.contains("\(type.name).\(field.name)")
            let text =
                field.name == "securityContext" && type.name == "PodSpec"
                ? podSecurityContext(value, field) : text(value?[field.name], field.type, isPlain: isPlain)
            result.append("\"\(goName(field.name))\":\(text)")
        }
        return result
    }

    /// What a pod shares with its node is part of its security context inside, which therefore is always there.
    private static func podSecurityContext(_ spec: JSONValue?, _ field: SchemaField) -> String {
        let shared = movedFields["PodSpec"]?.filter { $0 != "serviceAccount" } ?? []
        guard let type = field.type.objectType else { return "null" }
        let own = shared.map { name in
            let isPlain = name == "hostNetwork" || name == "hostPID" || name == "hostIPC"
            return "\"\(goName(name))\":" + text(spec?[name], .bool, isPlain: isPlain)
        }
        return "{" + (own + members(spec?[field.name], type, isShared: false)).joined(separator: ",") + "}"
    }

    // MARK: Where the inside differs

    /// Fields that come first, in this order; the others follow as in the schema.
    private static let orders: [String: String] = [
        "Container": container,
        "EphemeralContainer": container,
        "PersistentVolumeClaimSpec": "accessModes selector resources",
        "PodSecurityContext": "seLinuxOptions windowsOptions runAsUser runAsGroup runAsNonRoot supplementalGroups "
            + "supplementalGroupsPolicy fsGroup fsGroupChangePolicy sysctls seccompProfile appArmorProfile",
        "PodSpec": "volumes initContainers containers ephemeralContainers restartPolicy terminationGracePeriodSeconds "
            + "activeDeadlineSeconds dnsPolicy nodeSelector serviceAccountName automountServiceAccountToken nodeName "
            + "securityContext imagePullSecrets hostname subdomain setHostnameAsFQDN affinity schedulerName tolerations "
            + "hostAliases priorityClassName priority preemptionPolicy dnsConfig readinessGates runtimeClassName "
            + "overhead enableServiceLinks topologySpreadConstraints os",
        "SecurityContext": "capabilities privileged seLinuxOptions windowsOptions runAsUser runAsGroup runAsNonRoot "
            + "readOnlyRootFilesystem allowPrivilegeEscalation procMount seccompProfile appArmorProfile",
        "ServicePort": "name protocol appProtocol",
        "Volume": "name hostPath emptyDir gcePersistentDisk awsElasticBlockStore gitRepo secret nfs iscsi glusterfs "
            + "persistentVolumeClaim rbd quobyte flexVolume cinder cephfs flocker downwardAPI fc azureFile configMap "
            + "vsphereVolume azureDisk photonPersistentDisk projected portworxVolume",
        "VolumeMount": "name readOnly recursiveReadOnly",
    ]
    private static let container =
        "name image command args workingDir ports envFrom env resources resizePolicy restartPolicy restartPolicyRules "
        + "volumeMounts volumeDevices livenessProbe readinessProbe startupProbe lifecycle terminationMessagePath "
        + "terminationMessagePolicy imagePullPolicy securityContext stdin stdinOnce tty"

    /// Fields that are elsewhere inside, or nowhere.
    private static let movedFields: [String: [String]] = [
        "PodSpec": ["hostNetwork", "hostPID", "hostIPC", "shareProcessNamespace", "hostUsers", "serviceAccount"]
    ]

    /// Fields that the wire's types point to and the internal ones hold.
    private static let plainFields: Set<String> = [
        "PodTemplateSpec.spec", "RollingUpdateStatefulSetStrategy.partition",
        "ServiceAccountTokenProjection.expirationSeconds",
    ]

    /// Go's names, where they are not the wire's with a capital.
    private static let names: [String: String] = [
        "apiGroup": "APIGroup", "apiVersion": "APIVersion", "awsElasticBlockStore": "AWSElasticBlockStore",
        "cephfs": "CephFS", "cidrs": "CIDRs", "csi": "CSI", "dnsConfig": "DNSConfig", "dnsPolicy": "DNSPolicy",
        "fc": "FC", "fsGroup": "FSGroup", "fsGroupChangePolicy": "FSGroupChangePolicy", "fsType": "FSType",
        "gcePersistentDisk": "GCEPersistentDisk", "gmsaCredentialSpec": "GMSACredentialSpec",
        "gmsaCredentialSpecName": "GMSACredentialSpecName", "grpc": "GRPC", "httpGet": "HTTPGet",
        "httpHeaders": "HTTPHeaders", "ip": "IP", "ipBlock": "IPBlock", "iscsi": "ISCSI", "nfs": "NFS", "os": "OS",
        "pdName": "PDName", "rbd": "RBD", "seLinuxChangePolicy": "SELinuxChangePolicy",
        "seLinuxOptions": "SELinuxOptions", "storageos": "StorageOS", "tcpSocket": "TCPSocket", "tty": "TTY",
        "uid": "UID", "url": "URL",
    ]

    private static func goName(_ name: String) -> String {
        names[name] ?? name.prefix(1).uppercased() + name.dropFirst()
    }
}

extension JSONValue {
    fileprivate var isPresent: Bool { if case .null = self { false } else { true } }
}
