import Foundation

/// Why the file system refused something, in its own few words.
package enum FileErrors {
    package static func reason(_ number: Int32) -> String { String(cString: strerror(number)) }

    /// Foundation wraps what the system said in errors that are no line to show to anybody.
    package static func reason(_ error: any Error) -> String {
        let error = error as NSError
        if let cause = error.userInfo[NSUnderlyingErrorKey] as? NSError, cause.domain == NSPOSIXErrorDomain {
            return reason(Int32(cause.code))
        }
        if error.domain == NSPOSIXErrorDomain { return reason(Int32(error.code)) }
        guard error.domain == NSCocoaErrorDomain else { return "\(error.localizedDescription)" }
        switch CocoaError.Code(rawValue: error.code) {
        case .fileNoSuchFile, .fileReadNoSuchFile: return reason(ENOENT)
        case .fileReadNoPermission, .fileWriteNoPermission: return reason(EACCES)
        case .fileWriteFileExists: return reason(EEXIST)
        case .fileWriteOutOfSpace: return reason(ENOSPC)
        case .fileWriteVolumeReadOnly: return reason(EROFS)
        default: return error.localizedDescription
        }
    }
}
