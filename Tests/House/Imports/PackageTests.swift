import Testing

@Suite struct PackageTests {
    private let house = House.shared

    @Test func everyPackageIsPinned() throws {
        let manifest = house.manifest
        #expect(manifest.packages.count > 10)
        hold(PackageRule.floating(manifest))
        let table = PackageRule.table(house.text("docs/architecture.md"))
        #expect(table.count > manifest.versions.count)
        hold(PackageRule.differences(manifest.versions, in: "Package.swift", table: table))
        // A build of fewer targets resolves fewer packages; a copy of the sources that was never built has none.
        guard house.exists("Package.resolved") else { return }
        hold(
            PackageRule.differences(
                try PackageRule.resolved(house.text("Package.resolved")), in: "Package.resolved", table: table))
    }

    @Test func anotherVersionIsFound() throws {
        let manifest = Manifest(
            """
            dependencies += [
                .package(url: "https://host/Greek", exact: "1.2.0"), .package(url: "https://host/latin", from: "1.0.0"),
            ]
            """)
        #expect(PackageRule.floating(manifest) == ["latin is declared by `from:`"])
        let table = PackageRule.table(
            """
            | Package | Version | Declared in `Package.swift` |
            |---|---|---|
            | `greek` | 1.2.1 | yes |
            | `norse` | 2.0.0 | no |
            """)
        #expect(
            PackageRule.differences(manifest.versions, in: "Package.swift", table: table) == [
                "greek has 1.2.0 in Package.swift, and 1.2.1 in docs/architecture.md"
            ])
        let resolved = try PackageRule.resolved(
            """
            {"pins": [
              {"identity": "greek", "state": {"revision": "a1", "version": "1.2.1"}},
              {"identity": "norse", "state": {"revision": "b2", "version": "2.0.1"}},
              {"identity": "runic", "state": {"branch": "main", "revision": "c3"}}
            ], "version": 3}
            """)
        #expect(
            PackageRule.differences(resolved, in: "Package.resolved", table: table) == [
                "norse has 2.0.1 in Package.resolved, and 2.0.0 in docs/architecture.md",
                "runic has no version in Package.resolved, and no row in docs/architecture.md",
            ])
    }
}
