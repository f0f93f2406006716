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
        #expect(table.rooms.count > 20 && ImportRule.services.isSubset(of: table.rooms.map(\.name)))
        hold(ImportRule.upward(table.rooms))
    }

    /// All of Foundation brings its data on languages and calendars into the program; these still use it.
    @Test func foundationIsLeftOut() {
        hold(
            Set(
                house.sources.filter { $0.path.hasPrefix("Sources/") && $0.imports.contains("Foundation") }.map(\.path)),
            exceptions: [
                "Sources/API/Schemas/Pattern.swift", "Sources/ControlPlane/Development/DevelopmentCloud.swift",
                "Sources/Store/Lanes/Lane.swift", "Sources/StorePostgreSQL/Session.swift",
                "Sources/kilonova/Commands/BindCommand.swift",
            ])
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
            ImportRule.upward(table.rooms) == [
                "Placement is a service and imports the service Identity",
                "Store imports Placement, which does not stand below it",
            ])
    }
}
