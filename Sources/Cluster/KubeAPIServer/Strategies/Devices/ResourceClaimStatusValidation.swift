import KubeAPI

// What is written of the devices that a claim gets. Follows kubernetes pkg/apis/resource/validation/validation.go
// `ValidateResourceClaimStatusUpdate`.

extension AllocatedDeviceStatus {
    var identity: String { deviceIdentity(driver, pool, device, shareID) }
}

extension ResourceClaimStatus {
    var allocatedDevices: [String] {
        (allocation?.devices?.results ?? []).map { deviceIdentity($0.driver, $0.pool, $0.device, $0.shareID) }
    }
}

private func deviceIdentity(_ driver: String, _ pool: String, _ device: String, _ share: String?) -> String {
    [driver, pool, device, share].compactMap { $0 }.joined(separator: "/")
}

extension Validator {
    private static let mostConditions = 8
    private static let mostAddresses = 16
    private static let longestInterfaceName = 256
    private static let longestHardwareAddress = 128

    mutating func claimStatus(_ claim: ResourceResourceClaim, old: ResourceResourceClaim) {
        let status = claim.status
        unique("reservedFor", status.reservedFor, maximum: DeviceLimits.consumers, key: \.uid) {
            validator, consumer, _ in
            if consumer.resource.isEmpty { validator.required("resource") }
            if consumer.name.isEmpty { validator.required("name") }
            if consumer.uid.isEmpty { validator.required("uid") }
        }
        let allocated = status.allocatedDevices
        unique("devices", status.devices, key: \.identity) { validator, device, _ in
            validator.deviceStatus(device, allocated: allocated)
        }
        consumers(of: claim, old: old)
        guard let allocation = status.allocation else { return }
        if let before = old.status.allocation {
            immutable("allocation", allocation, old: before)
        } else {
            field("allocation") { $0.allocation(allocation, of: claim.spec) }
        }
    }

    /// Whoever uses the devices needs them allocated, and nobody begins to use them once they are given up.
    private mutating func consumers(of claim: ResourceResourceClaim, old: ResourceResourceClaim) {
        let consumers = claim.status.reservedFor
        if consumers.isEmpty { return }
        if claim.status.allocation == nil {
            forbidden("reservedFor", "may not be specified when `allocated` is not set")
        } else if claim.metadata.deletionTimestamp != nil,
            consumers.contains(where: { !old.status.reservedFor.contains($0) })
        {
            forbidden(
                "reservedFor",
                "new entries may not be added while `deallocationRequested` or `deletionTimestamp` are set")
        }
    }

    private mutating func deviceStatus(_ device: AllocatedDeviceStatus, allocated: [String]) {
        csiDriverName("driver", device.driver)
        poolName("pool", device.pool)
        dnsLabel("device", device.device)
        if let share = device.shareID { uniqueIdentifier("shareID", share) }
        if !allocated.contains(device.identity) {
            invalid(.here, device.identity, "must be an allocated device in the claim")
        }
        if device.conditions.count > Validator.mostConditions {
            tooMany("conditions", actual: device.conditions.count, maximum: Validator.mostConditions)
        }
        conditions(device.conditions)
        if let data = device.data { driverObject("data", data) }
        guard let network = device.networkData else { return }
        field("networkData") { validator in
            if network.interfaceName?.utf8.count ?? 0 > Validator.longestInterfaceName {
                validator.tooLong("interfaceName", maximum: Validator.longestInterfaceName)
            }
            if network.hardwareAddress?.utf8.count ?? 0 > Validator.longestHardwareAddress {
                validator.tooLong("hardwareAddress", maximum: Validator.longestHardwareAddress)
            }
            validator.unique("ips", network.ips, maximum: Validator.mostAddresses, key: { $0 }) {
                validator, address, _ in
                validator.interfaceAddress(address)
            }
        }
    }

    /// Follows apimachinery pkg/util/validation/ip.go `IsValidInterfaceAddress`.
    private mutating func interfaceAddress(_ text: String) {
        guard let block = CIDRValue(text) else {
            return invalid(.here, text, "must be a valid address in CIDR form, (e.g. 10.9.8.7/24 or 2001:db8::1/64)")
        }
        let canonical = "\(block.address)/\(block.prefixLength)"
        if text != canonical { invalid(.here, text, "must be in canonical form (\(GoText.quoted(canonical)))") }
    }

    private mutating func allocation(_ allocation: AllocationResult, of spec: ResourceClaimSpec) {
        field("devices") { validator in
            validator.limited("results", allocation.devices?.results ?? [], maximum: DeviceLimits.results) {
                validator, result, _ in
                validator.field("request") { $0.requestName(result.request, in: spec) }
                validator.csiDriverName("driver", result.driver)
                validator.poolName("pool", result.pool)
                validator.dnsLabel("device", result.device)
                validator.bindingConditions(result.bindingConditions, failures: result.bindingFailureConditions)
                validator.deviceTolerations(result.tolerations)
                if let share = result.shareID { validator.uniqueIdentifier("shareID", share) }
            }
            // Those of the class and those of the claim.
            validator.limited(
                "config", allocation.devices?.config ?? [], maximum: 2 * DeviceLimits.configurations
            ) { validator, configuration, _ in
                validator.oneOf("source", configuration.source, ["FromClaim", "FromClass"])
                validator.requestNames(configuration.requests, in: spec)
                validator.deviceConfiguration(configuration.opaque)
            }
        }
        if let selector = allocation.nodeSelector { field("nodeSelector") { $0.nodeSelector(selector) } }
    }

    /// As RFC 4122 writes it, in lower case. Follows github.com/google/uuid `Validate` and `validateUID`.
    private mutating func uniqueIdentifier(_ place: Place, _ text: String) {
        let bytes = Array(text.utf8)
        if bytes.count != 36 {
            return invalid(place, text, "error validating uid: invalid UUID length: \(bytes.count)")
        }
        let isWellFormed = bytes.indices.allSatisfy { index in
            [8, 13, 18, 23].contains(index)
                ? bytes[index] == UInt8(ascii: "-") : Character(UnicodeScalar(bytes[index])).isHexDigit
        }
        if !isWellFormed {
            invalid(place, text, "error validating uid: invalid UUID format")
        } else if text != text.lowercased() {
            invalid(
                place, text,
                "uid must be in RFC 4122 normalized form, `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx` with lowercase "
                    + "hexadecimal characters")
        }
    }
}
