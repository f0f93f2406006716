import Testing

@Suite struct ImportTests {
    private let house = House.shared
    private let table = ImportTable(House.shared.text("docs/architecture.md"))

    @Test func everyTargetImportsWhatTheArchitectureSays() {
        let rows = Dictionary((table.rooms + table.others).map { ($0.name, $0.imports) }) { first, _ in first }
        var found: Set<String> = []
        for target in house.manifest.targets {
            let isTestsOfARoom = target.kind == .tests && !target.inherited.isEmpty
            let sources = house.sources(of: target)
            if isTestsOfARoom || sources.isEmpty && target.kind != .system { continue }
            guard let allowed = rows[target.name] else {
                found.insert("docs/architecture.md has no row for \(target.name)")
                continue
            }
            found.formUnion(
                ImportRule.differences(
                    target: target.name, imports: Set(sources.flatMap(\.imports)), allowed: allowed))
        }
        let known = Set(house.manifest.targets.map(\.name))
        found.formUnion(
            rows.keys.filter { !known.contains($0) }.map {
                "docs/architecture.md has a row for \($0), which is no target"
            })
        hold(found)
    }

    @Test func importsPointDownAndServicesDoNotKnowOneAnother() {
        let services = house.services
        #expect(table.rooms.count > 20 && services.count > 4 && services.isSubset(of: table.rooms.map(\.name)))
        // The list of the control plane names each of them, and the page says which rooms they are.
        let list = house.sources.filter { $0.path.hasSuffix("/ServiceList.swift") }
        #expect(list.count == 1 && services.isSubset(of: list.reduce(into: []) { $0.formUnion($1.imports) }))
        let sentence = house.text("docs/architecture.md").firstRange(of: "The services (").map { range in
            house.text("docs/architecture.md")[range.upperBound...].prefix { $0 != ")" }
        }
        #expect(Set(MarkdownTable.names(String(sentence ?? ""))) == services)
        hold(ImportRule.upward(table.rooms, services: services))
    }

    /// These still use all of Foundation.
    private static let foundation = Exceptions(
        atMost: 5,
        [
            "Sources/API/Schemas/Pattern.swift", "Sources/ControlPlane/Development/DevelopmentCloud.swift",
            "Sources/Store/Lanes/Lane.swift", "Sources/StorePostgreSQL/Session.swift",
            "Sources/kilonova/Commands/BindCommand.swift",
        ])

    @Test func foundationIsLeftOut() {
        hold(ImportRule.wholeFoundation(house.sources), exceptions: Self.foundation)
    }

    @Test func anImportOfAllOfFoundationIsFound() {
        let files = [
            SourceFile(path: "Sources/Alpha/A.swift", text: "public import Foundation\n"),
            SourceFile(path: "Sources/Alpha/B.swift", text: "import FoundationEssentials\n// import Foundation\n"),
            SourceFile(path: "Tests/AlphaTests/C.swift", text: "import Foundation\n"),
        ]
        #expect(ImportRule.wholeFoundation(files) == ["Sources/Alpha/A.swift"])
    }

    @Test func aServiceIsTheRoomThatSaysSo() {
        func file(_ text: String) -> [SourceFile] { [SourceFile(path: "A.swift", text: text)] }
        #expect(
            ImportRule.services([
                ("Alpha", file("extension AlphaService { public static let room = ServiceRoom(name: 1) }")),
                ("Beta", file("enum Beta { public static var room: ServiceRoom { made } }")),
                ("Gamma", file("enum Gamma { private static let room = String(); let rooms: [ServiceRoom] = [] }")),
            ]) == ["Alpha", "Beta"])
    }

    @Test func anImportThatTheTableDoesNotAllowIsFound() {
        #expect(
            ImportRule.differences(target: "Model", imports: ["Model", "Store", "Dispatch"], allowed: ["Host"]) == [
                "Model imports Store, which its row in docs/architecture.md does not allow",
                "docs/architecture.md says that Model imports Host, which it does not",
            ])
    }

    @Test func anArrowUpIsFound() {
        let table = ImportTable(
            """
            | Room | Purpose | Rooms | Modules |
            |---|---|---|---|
            | `Placement` | a service | `Identity`, `Store` | `Logging` |
            | `Identity` | a service | `Store` | – |
            | `Store` | a database | `Placement` | – |
            """)
        #expect(table.rooms[0] == ImportTable.Row(name: "Placement", imports: ["Identity", "Store", "Logging"]))
        #expect(
            ImportRule.upward(table.rooms, services: ["Placement", "Identity"]) == [
                "Placement is a service and imports the service Identity",
                "Store imports Placement, which does not stand below it",
            ])
    }
}
