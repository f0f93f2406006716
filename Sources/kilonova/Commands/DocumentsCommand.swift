import ArgumentParser
import ControlPlane
import FoundationEssentials
import Model

/// `kilonova docs`: writes the documents that are generated from the program.
struct DocumentsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "docs",
        abstract:
            "Write the configuration reference, the support matrix, the OpenAPI documents and the pages of versions.")

    @Argument(help: "The folder to write to.")
    var folder = "docs"

    @Flag(help: "Write nothing; fail if a file differs from what would be written.")
    var check = false

    @Option(
        name: .customLong("openapi"),
        help: "Print the OpenAPI document of one version of a service instead, such as placement@1.20.")
    var service: String?

    func run() async throws {
        try await Reporting.failures {
            if let service {
                Reporting.say(whole: try await Documents.openAPI(service))
                return
            }
            var stale: [String] = []
            for (path, text) in try await Documents.all() {
                let file = URL(filePath: folder).appending(path: path)
                if FileManager.default.contents(atPath: file.path) == Data(text.utf8) { continue }
                if check {
                    stale.append(file.path)
                } else {
                    try FileManager.default.createDirectory(
                        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                    try Data(text.utf8).write(to: file, options: .atomic)
                    // Documents are for everybody.
                    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file.path)
                    Reporting.say("wrote \(file.path)")
                }
            }
            if !stale.isEmpty {
                throw Fault.conflict("Out of date: \(stale.joined(separator: ", ")). Run 'make docs'.")
            }
        }
    }
}
