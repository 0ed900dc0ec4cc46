import Foundation
import SchemaGeneration

// schema-generator reduce OPENAPI PROTOBUF TABLE   reduces the official documents to the compact table
// schema-generator generate TABLE FOLDER           writes the Swift types of the table

let arguments = CommandLine.arguments
do {
    switch (arguments.dropFirst().first, arguments.count) {
    case ("reduce", 5):
        let openAPI = try Data(contentsOf: URL(fileURLWithPath: arguments[2]))
        let protobuf = try Data(contentsOf: URL(fileURLWithPath: arguments[3]))
        let schema = try Schema(openAPI: openAPI, protobufFields: protobuf)
        try schema.text.write(toFile: arguments[4], atomically: true, encoding: .utf8)
    case ("generate", 4):
        let schema = try Schema(text: String(contentsOfFile: arguments[2], encoding: .utf8))
        let folder = URL(fileURLWithPath: arguments[3])
        try? FileManager.default.removeItem(at: folder)
        for file in SwiftWriter(schema).files {
            let url = folder.appendingPathComponent(file.path)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try file.text.write(to: url, atomically: true, encoding: .utf8)
        }
    default:
        print("usage: schema-generator reduce OPENAPI PROTOBUF TABLE | schema-generator generate TABLE FOLDER")
        exit(2)
    }
} catch {
    print("schema-generator: \(error)")
    exit(1)
}
