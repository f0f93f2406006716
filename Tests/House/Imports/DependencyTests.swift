import Testing

@Suite struct DependencyTests {
    @Test func everyTargetDeclaresWhatItImportsAndNothingElse() {
        let house = House.shared
        #expect(house.manifest.targets.count > 40)
        var found: Set<String> = []
        for target in house.manifest.targets where target.kind != .system {
            let sources = house.sources(of: target)
            // Benchmarks that are not part of a copy of the sources are left out of the package too.
            if sources.isEmpty, target.path.hasPrefix("Benchmarks/") { continue }
            if sources.isEmpty { found.insert("\(target.name) has no source below \(target.path)") }
            found.formUnion(DependencyRule.findings(target: target, imports: Set(sources.flatMap(\.imports))))
        }
        hold(found)
    }

    /// Toolchain and modules in every spelling of an import.
    private static let source = """
        public import Beta
        @testable import struct Gamma.Thing
        #if canImport(Glibc)
            unsafe import Glibc
        #endif
        // import Delta
        let text = "import Epsilon"
        """

    @Test func aMissingAndAnUnusedDependencyAreFound() {
        let source = SourceFile(path: "Sources/Alpha/Alpha.swift", text: Self.source)
        #expect(source.imports == ["Beta", "Gamma", "Glibc"])
        let manifest = Manifest(
            """
            let zeta: Target.Dependency = .product(name: "Zeta", package: "greek")
            func room(_ name: String) -> Target { .target(name: name) }
            dependencies += [.package(url: "https://host/greek", from: "1.0.0")]
            targets += room("Alpha", ["Beta", zeta], tests: ["Gamma"]) + room("Eta", tests: nil)
            """)
        #expect(manifest.targets.map(\.name) == ["Alpha", "AlphaTests", "Eta"])
        #expect(manifest.packages == ["greek": "from"])
        #expect(
            DependencyRule.findings(target: manifest.targets[0], imports: source.imports) == [
                "Alpha imports Gamma, which Package.swift does not declare for it",
                "Alpha declares Zeta in Package.swift, and no source of it imports that",
            ])
        #expect(
            DependencyRule.findings(target: manifest.targets[1], imports: ["Alpha", "Testing"]) == [
                "AlphaTests declares Gamma in Package.swift, and no source of it imports that"
            ])
    }
}
