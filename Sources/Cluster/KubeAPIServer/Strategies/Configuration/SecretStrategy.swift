import KubeAPI

/// Secrets. Follows kubernetes pkg/registry/core/secret/strategy.go and pkg/apis/core/validation/validation.go.
enum SecretStrategy: Strategy {
    /// `stringData` is for writing only: it goes into `data`, where it wins.
    static func setDefaults(_ secret: inout Secret) {
        if !secret.stringData.isEmpty {
            for (key, text) in secret.stringData { secret.data[key] = Base64Data(Array(text.utf8)) }
            secret.stringData = [:]
        }
        if secret.type.isEmptyOrNil { secret.type = "Opaque" }
    }

    static func prepareForUpdate(_ secret: inout Secret, old: Secret) {
        // An update that leaves the type out keeps it.
        if secret.type.isEmptyOrNil { secret.type = old.type }
    }

    static func validate(_ secret: Secret) -> [FieldError] {
        Validator.errors { validator in
            var size = 0
            validator.each("data", secret.data) { validator, key, value in
                validator.check(.here, key, Validation.configMapKey(key))
                size += value.bytes.count
            }
            if size > ConfigMapStrategy.maximumSize {
                validator.tooLong("data", maximum: ConfigMapStrategy.maximumSize)
            }
            validator.secretType(secret)
        }
    }

    static func validateUpdate(_ secret: Secret, old: Secret) -> [FieldError] {
        let immutable = Validator.errors { validator in
            validator.immutable("type", secret.type.text, old: old.type.text)
            guard old.immutable == true else { return }
            let reason = ConfigMapStrategy.immutableReason
            validator.unchangeable("immutable", secret.immutable, old: true, reason)
            validator.unchangeable("data", secret.data, old: old.data, reason)
        }
        return immutable + validate(secret)
    }
}

extension Validator {
    /// What secrets of the well-known types must hold.
    fileprivate mutating func secretType(_ secret: Secret) {
        switch secret.type.text {
        case "kubernetes.io/service-account-token":
            if secret.annotations["kubernetes.io/service-account.name"].isEmptyOrNil {
                field("metadata") { $0.required(.entry("annotations", "kubernetes.io/service-account.name")) }
            }
        case "kubernetes.io/dockercfg": requireJSON(secret, ".dockercfg")
        case "kubernetes.io/dockerconfigjson": requireJSON(secret, ".dockerconfigjson")
        case "kubernetes.io/basic-auth":
            if !secret.data.contains("username"), !secret.data.contains("password") {
                required(.entry("data", "username"))
                required(.entry("data", "password"))
            }
        case "kubernetes.io/ssh-auth":
            if secret.data["ssh-privatekey"]?.bytes.isEmpty ?? true { required(.entry("data", "ssh-privatekey")) }
        case "kubernetes.io/tls":
            if !secret.data.contains("tls.crt") { required(.entry("data", "tls.crt")) }
            if !secret.data.contains("tls.key") { required(.entry("data", "tls.key")) }
        default: break
        }
    }

    private mutating func requireJSON(_ secret: Secret, _ key: String) {
        guard let data = secret.data[key] else { return required(.entry("data", key)) }
        do throws(JSONFailure) {
            _ = try StringMap<JSONValue>.decode(data.bytes)
        } catch {
            var message = GoDecodeError.message(error, type: nil, in: data.bytes)
            let anything = "Go value of type interface {}"
            if message.hasSuffix(anything) {
                message = message.dropLast(anything.count) + "Go value of type map[string]interface {}"
            }
            invalid(.entry("data", key), "<secret contents redacted>", message)
        }
    }
}
