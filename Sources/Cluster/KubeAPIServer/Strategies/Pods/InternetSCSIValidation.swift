import KubeAPI

// Disks reached by iSCSI. Follows kubernetes pkg/apis/core/validation/validation.go `validateISCSIVolumeSource` and
// `validateISCSIPersistentVolumeSource`.

extension Validator {
    mutating func iscsi(_ source: ISCSIVolumeSource) {
        present(("targetPortal", source.targetPortal))
        let format = "must be valid format starting with iqn, eui, or naa"
        qualifiedName("iqn", source.iqn, format: format)
        unitNumber(source.lun)
        if source.chapAuthDiscovery == true || source.chapAuthSession == true, source.secretRef == nil {
            required("secretRef")
        }
        if let initiator = source.initiatorName { initiatorName(initiator, format: format) }
    }

    private static let longInternetSCSIName =
        "Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is "
        + "specified."

    /// A pod's volume and the portal of its disk make a name together. Standing on the volume.
    mutating func internetSCSIName(_ volume: Volume) {
        guard let source = volume.iscsi, source.initiatorName != nil,
            volume.name.utf8.count + 1 + source.targetPortal.utf8.count > 64
        else { return }
        invalid("name", volume.name, Validator.longInternetSCSIName)
    }

    mutating func iscsi(_ source: ISCSIPersistentVolumeSource, volume: String) {
        present(("targetPortal", source.targetPortal))
        // As upstream's paths write them: `targetportal`, and `initiatorname` below.
        if source.initiatorName != nil, volume.utf8.count + 1 + source.targetPortal.utf8.count > 64 {
            invalid("targetportal", source.targetPortal, Validator.longInternetSCSIName)
        }
        qualifiedName("iqn", source.iqn, format: "must be valid format")
        unitNumber(source.lun)
        if source.chapAuthDiscovery == true || source.chapAuthSession == true, source.secretRef == nil {
            required("secretRef")
        }
        secretName(source.secretRef.map { $0.name })
        if let initiator = source.initiatorName { initiatorName(initiator, format: "must be valid format") }
    }

    private mutating func initiatorName(_ name: String, format: String) {
        if name.isEmpty { return invalid("initiatorname", name, format) }
        qualifiedName("initiatorname", name, format: format)
    }

    private mutating func qualifiedName(_ place: Place, _ name: String, format: String) {
        if name.isEmpty { return required(place) }
        let isValid: Bool
        switch name.prefix(3) {
        case "iqn": isValid = Validator.isQualifiedName(name)
        case "eui": isValid = Validator.isNumber(name, digits: 16)
        case "naa": isValid = Validator.isNumber(name, digits: 32)
        default: return invalid(place, name, format)
        }
        if !isValid { invalid(place, name, "must be valid format") }
    }

    /// As in `iqn.2015-02.example.com:test`.
    private static func isQualifiedName(_ name: String) -> Bool {
        guard let colon = name.firstIndex(of: ":") else { return false }
        let parts = name[..<colon].split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "iqn", !parts[2].isEmpty else { return false }
        let date = Array(parts[1].utf8)
        guard date.count == 7, date[4] == UInt8(ascii: "-") else { return false }
        let digits = date[..<4] + date[5...]
        let unit = name[name.index(after: colon)...]
        return digits.allSatisfy(CharacterSets.isDigit)
            && parts[2].utf8.allSatisfy { CharacterSets.isAlphanumeric($0) || CharacterSets.isOne(of: "-.", $0) }
            && !unit.isEmpty && !unit.unicodeScalars.contains { ",;*&$| \t\n\r\u{0C}".unicodeScalars.contains($0) }
    }

    /// As in `eui.0123456789ABCDEF`.
    private static func isNumber(_ name: String, digits: Int) -> Bool {
        let number = name.utf8.dropFirst(4)
        return number.count == digits && number.allSatisfy(CharacterSets.isAlphanumeric)
    }
}
