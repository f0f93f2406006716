import FoundationEssentials

/// The package's folder, read once for all rules.
struct House: Sendable {
    static let shared = House(root: folder)

    /// Four steps up from this file.
    private static var folder: String {
        String(#filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4).joined(separator: "/"))
    }

    let root: String
    let manifest: Manifest
    /// Sources by path, in order.
    let sources: [SourceFile]

    private init(root: String) {
        self.root = root
        manifest = Manifest(House.text("\(root)/Package.swift"))
        sources = ["Sources", "Tests", "Benchmarks", "lab/suite"]
            .flatMap { House.paths(below: $0, in: root, endingWith: ".swift") }
            .map { SourceFile(path: $0, text: House.text("\(root)/\($0)")) }
    }

    func text(_ path: String) -> String { Self.text("\(root)/\(path)") }

    func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: "\(root)/\(path)") }

    /// The files below a folder, from the package's folder.
    func paths(below folder: String, endingWith ending: String) -> [String] {
        Self.paths(below: folder, in: root, endingWith: ending)
    }

    /// The rooms that are services.
    var services: Set<String> {
        ImportRule.services(manifest.targets.filter { $0.kind == .room }.map { ($0.name, sources(of: $0)) })
    }

    /// The sources of a target.
    func sources(of target: Manifest.Target) -> [SourceFile] {
        sources.filter { $0.path.hasPrefix("\(target.path)/") }
    }

    private static func text(_ path: String) -> String {
        String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
    }

    private static func paths(below folder: String, in root: String, endingWith ending: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(root)/\(folder)")) ?? []
        var paths: [String] = []
        for name in names.sorted() where !name.hasPrefix(".") && name != "__pycache__" {
            let path = "\(folder)/\(name)"
            var isFolder = false
            guard FileManager.default.fileExists(atPath: "\(root)/\(path)", isDirectory: &isFolder) else { continue }
            if isFolder {
                paths += Self.paths(below: path, in: root, endingWith: ending)
            } else if path.hasSuffix(ending) {
                paths.append(path)
            }
        }
        return paths
    }
}
