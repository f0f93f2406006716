import Model
import Testing

@testable import Signatures

@Suite struct OddModulusTests {
    private func bytes(_ number: UInt64) -> [UInt8] {
        (0..<8).reversed().map { UInt8(truncatingIfNeeded: number >> (8 * UInt64($0))) }
    }

    /// By repeated multiplication.
    private func power(_ base: UInt64, _ exponent: UInt64, modulo modulus: UInt64) -> UInt64 {
        var result: UInt64 = 1 % modulus
        for bit in (0..<64).reversed() {
            result = modulus.dividingFullWidth(result.multipliedFullWidth(by: result)).remainder
            if exponent >> UInt64(bit) & 1 == 1 {
                result = modulus.dividingFullWidth(result.multipliedFullWidth(by: base)).remainder
            }
        }
        return result
    }

    @Test func itAgreesWithPlainArithmetic() throws {
        var random = SplitMix64(seed: 7)
        for _ in 0..<200 {
            let number =
                UInt64.random(in: 3...UInt64.max, using: &random) >> UInt64.random(in: 0..<60, using: &random) | 3
            let base = UInt64.random(in: 0..<number, using: &random)
            let exponent = UInt64.random(in: 0...UInt64.max, using: &random) >> 32
            let modulus = try #require(OddModulus(bytes(number)))
            #expect(modulus.bitCount == 64 - number.leadingZeroBitCount)
            let expected = bytes(power(base, exponent, modulo: number)).suffix(modulus.byteCount)
            #expect(modulus.power(bytes(base), exponent) == Array(expected))
        }
    }

    /// 2ᵏ modulo 2ⁿ - 1 is 2 to the remainder of k by n.
    @Test func powersOfTwoTurnRoundAMersenneNumber() throws {
        for exponent in [127, 521, 2048, 2203] {
            let ones = [UInt8](repeating: 0xff, count: exponent / 8)
            let modulus = try #require(
                OddModulus(exponent % 8 == 0 ? ones : [UInt8(1 << (exponent % 8) - 1)] + ones))
            #expect(modulus.bitCount == exponent)
            for power in [0, 1, 63, 64, exponent, exponent + 1, 65_537, 3 * exponent + 77] {
                let result = try #require(modulus.power([2], UInt64(power)))
                let bit = power % exponent
                var expected = [UInt8](repeating: 0, count: (exponent + 7) / 8)
                expected[expected.count - 1 - bit / 8] = 1 << UInt8(bit % 8)
                #expect(result == expected)
            }
            #expect(modulus.power([UInt8](repeating: 0xff, count: exponent / 8 + 1), 3) == nil)
        }
    }

    @Test func evenNumbersAndOneAreNone() {
        for bytes: [UInt8] in [[], [0], [1], [0, 0, 1], [2], [1, 0, 0, 0, 0, 0, 0, 0, 0]] {
            #expect(OddModulus(bytes) == nil)
        }
        #expect(OddModulus([3])?.power([2], 3) == [2])
        #expect(OddModulus([3])?.power([3], 1) == nil)
    }
}
