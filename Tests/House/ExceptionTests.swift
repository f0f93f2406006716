import Testing

@Suite struct ExceptionTests {
    @Test func aListThatGrowsOrHoldsTooMuchIsFound() {
        #expect(Exceptions(atMost: 1, ["one"]).complaints(["one"]).isEmpty)
        #expect(Exceptions(atMost: 1, ["one"]).complaints(["one", "two"]) == ["two"])
        #expect(
            Exceptions(atMost: 1, ["one", "two"]).complaints(["one", "two"]) == [
                "a list of exceptions only shrinks: 2 stand, of 1"
            ])
        #expect(
            Exceptions(atMost: 2, ["one", "two"]).complaints(["one"]) == ["no longer needed, take it off the list: two"]
        )
        #expect(
            Exceptions(atMost: 2, ["one"]).complaints(["one"]) == ["1 exceptions stand: lower the bound, which is 2"])
    }
}
