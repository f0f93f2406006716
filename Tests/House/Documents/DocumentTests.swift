import Testing

@Suite struct DocumentTests {
    private let house = House.shared
    private let pages: [String: Page]

    init() {
        let house = House.shared
        let paths =
            ["README.md", "CONTRIBUTING.md", "Benchmarks/README.md", "lab/README.md"].filter { house.exists($0) }
            + house.paths(below: "docs", endingWith: ".md")
        pages = Dictionary(uniqueKeysWithValues: paths.map { ($0, Page(path: $0, text: house.text($0))) })
    }

    @Test func noMergeIsLeftHalfDone() {
        let folders = ["Sources", "Tests", "docs", "Benchmarks", "lab", "findings", "Tools", "Fixtures"]
        let paths =
            ["README.md", "CONTRIBUTING.md", "Makefile", "Package.swift"]
            + folders.flatMap { house.paths(below: $0, endingWith: "") }
        #expect(paths.count > 1000)
        #expect(paths.filter { DocumentRule.isHalfMerged(house.text($0)) } == [])
        let kept = "first\n\(String(repeating: "<", count: 7)) ours\nlast\n"
        #expect(DocumentRule.isHalfMerged(kept) && !DocumentRule.isHalfMerged("a << b\n=======\n"))
    }

    @Test func everyLinkLeadsSomewhere() {
        #expect(pages.values.map(\.links.count).reduce(0, +) > 50)
        hold(
            pages.values.reduce(into: []) { found, page in
                found.formUnion(DocumentRule.deadLinks(page, pages: pages, exists: house.exists))
            })
    }

    @Test func everyFileThatAPageNamesExists() {
        hold(
            pages.values.reduce(into: []) { found, page in
                found.formUnion(DocumentRule.deadPaths(page, exists: house.exists))
            })
    }

    @Test func whatPagesNameExists() {
        var vocabulary = Vocabulary()
        vocabulary.addKeys(house.text("docs/configuration.md"))
        vocabulary.addGoals(house.text("Makefile"))
        vocabulary.addVerbs(house.sources.filter { $0.path.hasPrefix("Sources/kilonova/") })
        #expect(vocabulary.keys["listen"]?.contains("address") == true && vocabulary.keys.count > 10)
        #expect(vocabulary.goals.contains("test") && vocabulary.verbs.isSuperset(of: ["kilonova", "server", "list"]))
        hold(
            pages.values.reduce(into: []) { found, page in
                found.formUnion(DocumentRule.unknownNames(page, vocabulary))
            })
    }

    @Test func deadLinksAndUnknownNamesAreFound() {
        let page = Page(
            path: "docs/drivers/page.md",
            text: """
                # A page: of `pci`, twice
                See [there](../other.md#its-heading), [here](#a-page-of-pci-twice), [outside](https://host/x), [not](gone.md) and
                [neither](../other.md#gone). `docs/page.md`, `docs/gone.md`, `docs/<name>.md`. `listen.address`, `listen.port`, `listen.pem`, `foo.bar`, `make test`, `make tea`.

                ```
                kilonova server --config FILE
                kilonova surf --config FILE
                kilonova host show compute-17   # and what it has
                kilonova host sho compute-17 > file
                kilonova server here
                make coffee ROUND=one
                ```
                """)
        let other = Page(path: "docs/other.md", text: "## Its heading\n")
        #expect(
            DocumentRule.deadLinks(page, pages: ["docs/other.md": other, page.path: page]) {
                $0 != "docs/drivers/gone.md"
            } == [
                "docs/drivers/page.md: no file for the link `gone.md`",
                "docs/drivers/page.md: no heading for the link `../other.md#gone`",
            ])
        #expect(
            DocumentRule.deadPaths(page) { $0 == "docs/page.md" } == [
                "docs/drivers/page.md: there is no file or folder `docs/gone.md`"
            ])
        var vocabulary = Vocabulary(verbs: ["server"])
        vocabulary.addKeys("## listen\n\n| Key |\n|---|\n| `address` | text |\n")
        vocabulary.addVerbs([
            SourceFile(
                path: "Host.swift",
                text: """
                    let one = CommandConfiguration(
                        // A remark.
                        commandName: "host", abstract: "Hosts.", subcommands: [Show.self])
                    let two = CommandConfiguration(commandName: "show")
                    """)
        ])
        vocabulary.addGoals("A := b\ntest: deps\n\tswift test\n")
        #expect(vocabulary.goals == ["test"] && vocabulary.keys == ["listen": ["address"]])
        #expect(
            DocumentRule.unknownNames(page, vocabulary) == [
                "docs/drivers/page.md: there is no key `listen.port`",
                "docs/drivers/page.md: `make tea` is no goal of the Makefile",
                "docs/drivers/page.md: `make coffee` is no goal of the Makefile",
                "docs/drivers/page.md: `kilonova surf --config FILE` is no command of kilonova",
                "docs/drivers/page.md: `kilonova host sho compute-17` is no command of kilonova",
            ])
    }
}
