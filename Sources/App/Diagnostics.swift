import ArgumentParser
import Foundation
import Logging

/// What the program says about itself, on standard error: never part of a report, a frame or the screen.
enum Diagnostics {
    /// A log that prints what is at least as urgent as `level`, each line with its level, without times: in a run in
    /// virtual time the wall clock says nothing.
    static func start(_ level: LogLevel) -> Logger {
        LoggingSystem.bootstrap { _ in StandardErrorLog() }
        var log = Logger(label: "drydock")
        log.logLevel = level.level
        return log
    }
}

enum LogLevel: String, ExpressibleByArgument, CaseIterable {
    case debug, info, warning, error

    fileprivate var level: Logger.Level {
        switch self {
        case .debug: .debug
        case .info: .info
        case .warning: .warning
        case .error: .error
        }
    }
}

/// Prints as kubectl does: `Warning: …`.
private struct StandardErrorLog: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        FileHandle.standardError.write(Data("\(event.level.rawValue.capitalized): \(event.message)\n".utf8))
    }
}
