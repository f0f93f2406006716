import Testing

@Suite struct GoalTests {
    @Test func everyGoalChecksTheToolchain() {
        let goals = Goals(House.shared.text("Makefile"))
        #expect(goals.needs.count > 15)
        hold(Set(goals.without("toolchain").map { "`make \($0)` does not check the version of the toolchain" }))
    }

    @Test func aGoalThatDoesNotCheckIsFound() {
        let goals = Goals(
            """
            NAME := $(shell one: two)
            .PHONY: lint test
            # lint: a remark
            test: export VALUE = deps
            test: deps
            \tswift test: lint
            lint:
            \tswift format
            deps: toolchain
            toolchain:
            """)
        #expect(goals.needs == ["test": ["deps"], "lint": [], "deps": ["toolchain"], "toolchain": []])
        #expect(goals.without("toolchain") == ["lint"])
    }
}
