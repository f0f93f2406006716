import Foundation
import Model

/// Messages that a release of this program wrote, one a file: `Fixtures/link/RELEASE/NAME.json`.
struct RecordedMessages {
    let release: String

    private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(
        path: "../../../Fixtures/link")

    /// Every release that messages were recorded of.
    static var releases: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? []).sorted()
    }

    var names: [String] {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: Self.root.appending(path: release).path)
                .filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }.sorted()
        }
    }

    func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: Self.root.appending(path: "\(release)/\(name).json")).dropLast())
    }

    func text(_ name: String) throws -> String { String(decoding: try bytes(name), as: UTF8.self) }
}
