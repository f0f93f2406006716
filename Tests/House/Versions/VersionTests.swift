import Testing

@Suite struct VersionTests {
    @Test func servicesNameTheirVersions() {
        let house = House.shared
        let names = house.services
        let services = house.manifest.targets.filter { names.contains($0.name) }
        #expect(services.count > 4 && services.count == names.count)
        hold(Set(services.flatMap { house.sources(of: $0) }.flatMap(VersionRule.findings)))
    }

    @Test func familiesNameTheVersionsThatChangeEveryResponse() {
        let families = House.shared.sources.filter { $0.path.hasPrefix("Sources/API/Families/") }
        #expect(families.count > 5)
        hold(Set(families.flatMap(VersionRule.findings)))
    }

    @Test func aVersionWithoutANameIsFound() {
        let text = """
            let since = APIVersion(2, 4, "Pages.")
            if call.version >= Microversion(2, 4) || call.version >= .pages { print("Microversion(2, 4)") }
            let read = Microversion(text) // Microversion(2, 4)
            """
        let place = SourceFile(path: "Sources/Alpha/Alpha.swift", text: text)
        #expect(
            VersionRule.findings(place) == [
                "Sources/Alpha/Alpha.swift:1: a version's number, where its name should stand",
                "Sources/Alpha/Alpha.swift:2: a version's number, where its name should stand",
            ])
        let list = SourceFile(path: "Sources/Alpha/Versions/AlphaVersions.swift", text: text)
        #expect(
            VersionRule.findings(list) == [
                "Sources/Alpha/Versions/AlphaVersions.swift:2: a version's number, where its name should stand"
            ])
        let family = SourceFile(
            path: "Sources/API/Families/AlphaFamily.swift",
            text: "public let minimum = Microversion(2, 0)\n\(text)")
        #expect(
            VersionRule.findings(family) == [
                "Sources/API/Families/AlphaFamily.swift:3: a version's number, where its name should stand"
            ])
    }
}
