import Testing
import YAML
import Yams

@Suite struct BoundedYAMLTests {
    @Test func `what people write is read`() throws {
        let root = try BoundedYAML.compose("a: &x [1, 2]\nb: *x\n")
        #expect(root?["b"]?.sequence?.count == 2)
        #expect(try BoundedYAML.compose("# nothing") == nil)
    }

    @Test func `a text that stands for more than a file holds is refused`() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...5 {
            text += "a\(level): &a\(level) [" + (0..<10).map { _ in "*a\(level - 1)" }.joined(separator: ", ") + "]\n"
        }
        #expect(throws: YAMLFault.tooLarge) { try BoundedYAML.compose(text) }
        #expect(YAMLFault.tooLarge.reason == "holds more than 100000 values, its references written out")
    }

    @Test func `other text is refused with its first trouble`() {
        let fault = #expect(throws: YAMLFault.self) { try BoundedYAML.compose("a: [1") }
        #expect(fault?.reason.hasPrefix("is not YAML: ") == true)
        #expect(fault?.reason.contains("\n") == false)
    }
}
