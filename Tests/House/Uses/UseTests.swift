import Testing

@Suite struct UseTests {
    private let house = House.shared

    private var rooms: [(target: Manifest.Target, files: [SourceFile])] {
        house.manifest.targets.filter { $0.path.hasPrefix("Sources/") }.map { ($0, house.sources(of: $0)) }
    }

    @Test func whatIsPublicIsNamedByAnotherTarget() {
        var index = WordIndex()
        // What only tests name need not be public: tests see what is internal to their room, and what is `package`.
        for target in house.manifest.targets where !target.path.hasPrefix("Tests/") {
            for file in house.sources(of: target) { index.add(file, of: target.name) }
        }
        let rooms = rooms
        let requirements = Requirements.names(in: rooms.flatMap(\.files))
        var found: Set<String> = []
        for room in rooms {
            found.formUnion(
                PublicRule.findings(room.files, target: room.target.name, index: index, requirements: requirements))
        }
        hold(found)
    }

    @Test func nothingIsCalledByTestsAlone() {
        var index = WordIndex()
        for file in house.sources where !file.path.hasPrefix("Tests/") { index.add(file, of: "") }
        let files = rooms.flatMap(\.files)
        hold(
            CallRule.findings(files, index: index),
            exceptions: UseExceptions.calledByTests)
    }

    private static let alpha = SourceFile(
        path: "Sources/Alpha/Alpha.swift",
        text: #"""
            public protocol Reader { func read() -> Page }
            public struct Page {
                public static let empty = Shape()
                public func shown() {}
                public func hidden() {}
                public func read() {}
                public var description: String { "\(inner)" }
                var inner: Int { 1 }
                func onlyTests() {}
                @Option var wished = 1
            }
            public struct Shape { public init() {} }
            public enum Forgotten { case one }
            enum Level {
                case `public`
                case hushed
            }
            """#)

    @Test func aPublicNameWithoutUseIsFound() {
        var index = WordIndex()
        index.add(Self.alpha, of: "Alpha")
        index.add(
            SourceFile(path: "Sources/Beta/B.swift", text: "let text = \"hidden \\(page.shown())\" // Forgotten"),
            of: "Beta")
        let requirements = Requirements.names(in: [Self.alpha])
        #expect(requirements.contains("read"))
        #expect(
            PublicRule.findings([Self.alpha], target: "Alpha", index: index, requirements: requirements) == [
                "Sources/Alpha/Alpha.swift: `empty`", "Sources/Alpha/Alpha.swift: `hidden`",
                "Sources/Alpha/Alpha.swift: `Forgotten`", "Sources/Alpha/Alpha.swift: `Reader`",
            ])
    }

    @Test func whatOnlyTestsCallIsFound() {
        var index = WordIndex()
        index.add(Self.alpha, of: "")
        index.add(
            SourceFile(
                path: "Sources/Beta/B.swift",
                text: "page.shown(); page.hidden(); page.read(); Page.empty; Forgotten.one; Reader; Level"),
            of: "")
        #expect(
            CallRule.findings([Self.alpha], index: index) == [
                "Sources/Alpha/Alpha.swift: `onlyTests`"
            ])
    }
}
