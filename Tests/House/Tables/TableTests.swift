import Testing

@Suite struct TableTests {
    @Test func everyTableIsTouchedByOneRoom() {
        let house = House.shared
        let rooms = house.manifest.targets.filter { $0.kind == .room }.map { target in
            TableRule.Room(name: target.name, files: house.sources(of: target))
        }
        #expect(TableRule.owners(rooms).count > 40)
        hold(
            TableRule.findings(rooms),
            exceptions: Exceptions(
                atMost: 6,
                [
                    // One statement claims and notes the claim: a second one would be felt in every claim.
                    "Sources/Placement/Allocations/FreshClaims+Writing.swift touches the table change_log of Store",
                    "Sources/Accelerators/Devices/DeviceState+Counts.swift touches the table hosts of Fleet",
                    "Sources/Accelerators/Devices/DeviceState.swift touches the table hosts of Fleet",
                    "Sources/Accelerators/Fleet/FleetGauges.swift touches the table hosts of Fleet",
                    "Sources/Accelerators/Fleet/FleetHost.swift touches the table hosts of Fleet",
                    "Sources/Accelerators/Fleet/ProviderClaims.swift touches the table hosts of Fleet",
                ]))
    }

    private func room(_ name: String, _ text: String) -> TableRule.Room {
        TableRule.Room(name: name, files: [SourceFile(path: "Sources/\(name)/File.swift", text: text)])
    }

    @Test func aTableOfAnotherRoomIsFound() {
        let alpha = room("Alpha", #"let made = ["CREATE TABLE things (id TEXT)", "DELETE FROM things"]"#)
        let beta = room(
            "Beta",
            #"""
            let made = "CREATE TABLE IF NOT EXISTS letters (id TEXT)"
            let text: SQL = "SELECT a.id FROM letters l, things a WHERE a.id = \(id)"
            let message = "things are missing FROM here"
            """#)
        let gamma = room("Gamma", #"let made = "CREATE TABLE letters (id TEXT)""#)
        #expect(TableRule.owners([alpha, beta]) == ["things": ["Alpha"], "letters": ["Beta"]])
        #expect(
            TableRule.findings([alpha, beta, gamma]) == [
                "Sources/Beta/File.swift touches the table things of Alpha", "table letters is made by Beta and Gamma",
            ])
    }
}
