import KubeAPI

// Volumes of the storage systems that Kubernetes once knew itself; the API still takes them.
// Follows kubernetes pkg/apis/core/validation/validation.go.

extension Validator {
    mutating func legacyDiskSources(_ volume: Volume, _ count: inout Int) {
        source("gcePersistentDisk", volume.gcePersistentDisk, &count) { validator, source in
            if source.pdName.isEmpty { validator.required("pdName") }
            validator.partition(source.partition)
        }
        source("awsElasticBlockStore", volume.awsElasticBlockStore, &count) { validator, source in
            if source.volumeID.isEmpty { validator.required("volumeID") }
            validator.partition(source.partition)
        }
        source("azureFile", volume.azureFile, &count) { validator, source in
            if source.secretName.isEmpty { validator.required("secretName") }
            if source.shareName.isEmpty { validator.required("shareName") }
        }
        source("azureDisk", volume.azureDisk, &count) { validator, source in
            if source.diskName.isEmpty { validator.required("diskName") }
            if source.diskURI.isEmpty { validator.required("diskURI") }
        }
        source("vsphereVolume", volume.vsphereVolume, &count) { validator, source in
            if source.volumePath.isEmpty { validator.required("volumePath") }
        }
        source("photonPersistentDisk", volume.photonPersistentDisk, &count) { validator, source in
            if source.pdID.isEmpty { validator.required("pdID") }
        }
        source("fc", volume.fc, &count) { validator, source in
            if source.targetWWNs.isEmpty, source.wwids.isEmpty {
                validator.required("targetWWNs", "must specify either targetWWNs or wwids, but not both")
            }
            if !source.targetWWNs.isEmpty, !source.wwids.isEmpty {
                validator.invalid(
                    "targetWWNs", source.targetWWNs, "targetWWNs and wwids can not be specified simultaneously")
            }
            if !source.targetWWNs.isEmpty, source.lun == nil {
                validator.required("lun", "lun is required if targetWWNs is specified")
            }
        }
    }

    mutating func legacySystemSources(_ volume: Volume, _ count: inout Int) {
        source("glusterfs", volume.glusterfs, &count) { validator, source in
            if source.endpoints.isEmpty { validator.required("endpoints") }
            if source.path.isEmpty { validator.required("path") }
        }
        source("flocker", volume.flocker, &count) { validator, source in
            if source.datasetName.isEmptyOrNil, source.datasetUUID.isEmptyOrNil {
                validator.required(.here, "one of datasetName and datasetUUID is required")
            }
        }
        source("rbd", volume.rbd, &count) { validator, source in
            if source.monitors.isEmpty { validator.required("monitors") }
            if source.image.isEmpty { validator.required("image") }
        }
        source("cinder", volume.cinder, &count) { validator, source in
            if source.volumeID.isEmpty { validator.required("volumeID") }
        }
        source("cephfs", volume.cephfs, &count) { validator, source in
            if source.monitors.isEmpty { validator.required("monitors") }
        }
        source("quobyte", volume.quobyte, &count) { validator, source in
            if source.registry.isEmpty {
                validator.required(
                    "registry", "must be a host:port pair or multiple pairs separated by commas")
            }
            if source.volume.isEmpty { validator.required("volume") }
        }
        source("flexVolume", volume.flexVolume, &count) { validator, source in
            if source.driver.isEmpty { validator.required("driver") }
        }
        source("portworxVolume", volume.portworxVolume, &count) { validator, source in
            if source.volumeID.isEmpty { validator.required("volumeID") }
        }
        source("storageos", volume.storageos, &count) { validator, source in
            if source.volumeName.isEmptyOrNil { validator.required("volumeName") }
        }
        source("scaleIO", volume.scaleIO, &count) { validator, source in
            if source.gateway.isEmpty { validator.required("gateway") }
            if source.system.isEmpty { validator.required("system") }
            if source.volumeName.isEmptyOrNil { validator.required("volumeName") }
        }
    }

    private mutating func partition(_ partition: Int?) {
        if let partition, !(0...255).contains(partition) {
            invalid("partition", partition, Validation.rangeError(1, 255))
        }
    }
}
