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
        let users = house.manifest.targets.filter { !$0.path.hasPrefix("Tests/") }.map { target in
            let files = house.sources(of: target)
            return CallRule.Room(name: target.name, imports: Set(files.flatMap(\.imports)), files: files)
        }
        let shipped = Set(rooms.map(\.target.name))
        hold(
            CallRule.findings(users.filter { shipped.contains($0.name) }, users: users),
            exceptions: UseExceptions.calledByTests)
    }

    private static let alpha = SourceFile(
        path: "Sources/Alpha/Alpha.swift",
        text: #"""
            public protocol Reader { func read() -> Page }
            public struct Page {
                public static let empty = Shape()
                public static let usual = 1
                public func turned(by angle: Int = Page.usual, shown: Bool) {}
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
                "Sources/Alpha/Alpha.swift: `empty`", "Sources/Alpha/Alpha.swift: `turned`",
                "Sources/Alpha/Alpha.swift: `hidden`",
                "Sources/Alpha/Alpha.swift: `Forgotten`", "Sources/Alpha/Alpha.swift: `Reader`",
            ])
    }

    @Test func whatOnlyTestsCallIsFound() {
        func room(_ name: String, imports: Set<String> = [], _ text: String) -> CallRule.Room {
            CallRule.Room(
                name: name, imports: imports, files: [SourceFile(path: "Sources/\(name)/\(name).swift", text: text)])
        }
        let alpha = room(
            "Alpha",
            """
            public struct Book {
                public func cancel(_ subject: String, by name: String = "") {}
                public func show() {}
                func close(at place: Int) {}
                func each(_ step: Int = 1, do body: (Int) -> Void) {}
                func sum(of parts: Int...) -> Int { close(at: 1) }
                public static var count: Int { 1 }
                public static var limit: Int { 1 }
                var stored = 1
            }
            """)
        let beta = room(
            "Beta", imports: ["Alpha"],
            """
            func run(_ book: Book, limit: Int) {
                task.cancel()
                sum(1)
                each { print($0) }
                print(book.count, limit: limit2)
            }
            """)
        let gamma = room("Gamma", "let one = run(book.show(), limit: 1)")
        #expect(
            CallRule.findings([alpha], users: [alpha, beta, gamma]) == [
                "Sources/Alpha/Alpha.swift: `cancel`", "Sources/Alpha/Alpha.swift: `limit`",
                "Sources/Alpha/Alpha.swift: `show`", "Sources/Alpha/Alpha.swift: `sum`",
            ])
    }
}
