import Model
import Testing

@testable import Drivers

@Suite struct PCIAddressPatternTests {
    private func address(_ text: String) throws -> PCIAddress { try #require(PCIAddress(text)) }

    @Test(arguments: [
        ("0000:0a:00.1", "0000:0a:00.1", true), ("0000:0a:00.1", "0000:0a:00.2", false),
        ("*:0a:00.*", "0003:0a:00.7", true), ("*:0a:00.*", "0000:0b:00.7", false), (":0a:00.", "0000:0a:00.5", true),
        ("0a:00.1", "0007:0a:00.1", true), ("00.1", "0000:44:00.1", true), (".1", "0000:44:1f.1", true),
        (".1", "0000:44:1f.2", false), ("*:*:*.*", "0000:00:00.0", true), ("", "0000:00:00.0", true),
        ("0:a:0.1", "0000:0a:00.1", true), ("0000:0A:00.1", "0000:0a:00.1", true), ("*:02:01", "0000:02:01.3", true),
        ("10000:e1:00.0", "10000:e1:00.0", true), ("10000:e1:00.0", "0000:e1:00.0", false),
    ])
    func texts(pattern: String, address text: String, matches: Bool) throws {
        #expect(try PCIAddressPattern(text: pattern).matches(address(text)) == matches)
    }

    @Test(arguments: ["0000:0a:00.8", "0000:0a:20.0", "0000:1aa:00.0", "1:2:3:4.0", "x.1", "0000:0a:00.1.2", "-1:00.0"])
    func refused(pattern: String) {
        let fault = #expect(throws: DeviceSpecFault.self) { try PCIAddressPattern(text: pattern) }
        #expect(fault?.key == "address")
    }

    @Test(arguments: [
        (["domain": ".*", "bus": "02", "slot": "01", "function": "[0-2]"], "0000:02:01.2", true),
        (["domain": ".*", "bus": "02", "slot": "01", "function": "[0-2]"], "0000:02:01.3", false),
        (["bus": "0[a-f]"], "0000:0c:00.0", true), (["bus": "0[a-f]"], "0000:1c:00.0", false),
        // An expression need not reach the end of the part, as in the reference.
        (["bus": "8"], "0000:82:00.0", true), (["bus": "8"], "0000:28:00.0", false),
        (["bus": "8$"], "0000:82:00.0", false), (["domain": "0000|0001"], "0001:00:00.0", true),
        ([:], "0000:00:00.0", true),
    ])
    func expressions(parts: [String: String], address text: String, matches: Bool) throws {
        #expect(try PCIAddressPattern(expressions: parts).matches(address(text)) == matches)
    }

    @Test func refusedExpressions() {
        #expect(throws: DeviceSpecFault.self) { try PCIAddressPattern(expressions: ["bus": "["]) }
        let fault = #expect(throws: DeviceSpecFault.self) { try PCIAddressPattern(expressions: ["device": "1"]) }
        #expect(fault?.text.contains("slot") == true)
    }

    /// Random addresses against patterns made from them: what is written out matches, one digit changed does not, and the two
    /// forms agree.
    @Test func properties() throws {
        let seed = UInt64.random(in: .min ... .max)
        var numbers = SplitMix64(seed: seed)
        func any() throws -> PCIAddress {
            try #require(
                PCIAddress(
                    domain: UInt32.random(in: 0...0xffff, using: &numbers), bus: .random(in: 0...255, using: &numbers),
                    device: .random(in: 0...31, using: &numbers), function: .random(in: 0...7, using: &numbers)))
        }
        for _ in 0..<300 {
            let (one, other) = (try any(), try any())
            let parts = one.attachInfo
            let wild = (0..<4).map { _ in Bool.random(using: &numbers) }
            let keys = ["domain", "bus", "device", "function"]
            let words = zip(keys, wild).map { $1 ? "*" : (parts[$0] ?? "") }
            let text = "\(words[0]):\(words[1]):\(words[2]).\(words[3])"
            let pattern = try PCIAddressPattern(text: text)
            #expect(pattern.matches(one), "seed \(seed): \(text) and \(one)")
            let agrees = zip(keys, wild).allSatisfy { $1 || parts[$0] == other.attachInfo[$0] }
            #expect(pattern.matches(other) == agrees, "seed \(seed): \(text) and \(other)")
            #expect((pattern.single == one) == !wild.contains(true), "seed \(seed): \(text)")
            var expressions: [String: String] = [:]
            for (key, isWild) in zip(keys, wild) where !isWild {
                expressions[key == "device" ? "slot" : key] = parts[key].map { "\($0)$" }
            }
            let regular = try PCIAddressPattern(expressions: expressions)
            #expect(regular.matches(one) && regular.matches(other) == agrees, "seed \(seed): \(expressions)")
        }
    }
}
