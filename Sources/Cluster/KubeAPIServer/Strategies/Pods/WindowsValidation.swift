import KubeAPI

// What a pod for Windows may ask for, and what no pod may ask for on Windows.
// Follows kubernetes pkg/apis/core/validation/validation.go.

/// The names of Windows' users: `DOMAIN\user`, or the user alone.
enum WindowsUserName {
    /// What is wrong with a name, in upstream's order.
    static func errors(_ name: String) -> [String] {
        if name.isEmpty { return ["runAsUserName cannot be an empty string"] }
        if name.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
            return ["runAsUserName cannot contain control characters"]
        }
        let parts = name.split(separator: #"\"#, omittingEmptySubsequences: false).map(String.init)
        if parts.count > 2 { return ["runAsUserName cannot contain more than one backslash"] }
        let user = parts[parts.count - 1]
        var errors: [String] = []
        if parts.count == 2 {
            if parts[0].utf8.count >= 256 {
                errors.append("runAsUserName's Domain length must be under 256 characters")
            }
            if !isNetBios(parts[0]), !isDNSName(parts[0]) {
                errors.append("runAsUserName's Domain doesn't match the NetBios nor the DNS format")
            }
        }
        if user.isEmpty {
            errors.append("runAsUserName's User cannot be empty")
        } else if user.utf8.count > 104 {
            errors.append("runAsUserName's User length must not be longer than 104 characters")
        }
        if !user.isEmpty, user.utf8.allSatisfy({ $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: " ") }) {
            errors.append("runAsUserName's User cannot contain only periods or spaces")
        }
        let reserved = #""/\:;|=,+*?<>@[]"#
        if user.unicodeScalars.contains(where: { reserved.unicodeScalars.contains($0) }) {
            errors.append("runAsUserName's User cannot contain the following characters: " + reserved)
        }
        return errors
    }

    /// From 1 to 15 characters, and no dot first.
    private static func isNetBios(_ domain: String) -> Bool {
        let reserved = #"\/:*?"<>|"#
        return (1...15).contains(domain.unicodeScalars.count) && !domain.hasPrefix(".")
            && !domain.unicodeScalars.contains { reserved.unicodeScalars.contains($0) }
    }

    private static func isDNSName(_ domain: String) -> Bool {
        domain.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { label in
            guard let first = label.first, let last = label.last, label.count <= 63 else { return false }
            return CharacterSets.isAlphanumeric(first) && CharacterSets.isAlphanumeric(last)
                && label.allSatisfy { CharacterSets.isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
        }
    }
}

extension Validator {
    /// Standing on a security context.
    mutating func windowsOptions(_ options: WindowsSecurityContextOptions?) {
        guard let options else { return }
        field("windowsOptions") { validator in
            if let name = options.gmsaCredentialSpecName {
                validator.check("gmsaCredentialSpecName", name, Validation.dns1123Subdomain(name))
            }
            if let spec = options.gmsaCredentialSpec {
                if spec.isEmpty {
                    validator.invalid("gmsaCredentialSpec", spec, "gmsaCredentialSpec cannot be an empty string")
                } else if spec.utf8.count > 64 * 1024 {
                    validator.invalid("gmsaCredentialSpec", spec, "gmsaCredentialSpec size must be under 64 KiB")
                }
            }
            if let name = options.runAsUserName {
                validator.check("runAsUserName", name, WindowsUserName.errors(name))
            }
        }
    }

    /// Either all containers run as processes of the host, in its network, or none does. Standing on the spec.
    mutating func windowsHostProcesses(_ spec: PodSpec) {
        let ofPod = spec.securityContext?.windowsOptions?.hostProcess
        var containers = 0
        var processes = 0
        eachContainer(spec) { validator, container in
            containers += 1
            let own = container.securityContext?.windowsOptions?.hostProcess
            if let ofPod, let own, ofPod != own {
                validator.field("securityContext", "windowsOptions") {
                    $0.invalid(
                        "hostProcess", own,
                        "pod hostProcess value must be identical if both are specified, was \(ofPod)")
                }
            }
            if own ?? ofPod == true { processes += 1 }
        }
        if processes == 0 { return }
        if processes != containers {
            invalid(
                .here, "",
                "If pod contains any hostProcess containers then all containers must be HostProcess containers")
        }
        if spec.hostNetwork != true {
            invalid("hostNetwork", false, "hostNetwork must be true if pod contains any hostProcess containers")
        }
    }
}
