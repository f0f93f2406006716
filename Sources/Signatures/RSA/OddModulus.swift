/// Powers modulo an odd number, by Montgomery's method.
///
/// Its time depends on its operands. It is for public keys and signatures, which are no secrets.
struct OddModulus: Sendable {
    /// Least first; the last is not zero.
    private let limbs: [UInt64]
    /// -1 / limbs[0] modulo 2⁶⁴.
    private let negatedInverse: UInt64
    let bitCount: Int

    var byteCount: Int { (bitCount + 7) / 8 }

    /// Nil for an even number, and for one.
    ///
    /// - Parameter bytes: big-endian
    init?(_ bytes: [UInt8]) {
        limbs = Self.limbs(bytes[...])
        guard let first = limbs.first, let last = limbs.last, first & 1 == 1, limbs.count > 1 || first > 1 else {
            return nil
        }
        bitCount = limbs.count * 64 - last.leadingZeroBitCount
        // Each round doubles the number of right bits, which are three at first.
        var inverse = first
        for _ in 0..<5 { inverse = inverse &* (2 &- first &* inverse) }
        negatedInverse = 0 &- inverse
    }

    private static func limbs(_ bytes: ArraySlice<UInt8>) -> [UInt64] {
        var limbs: [UInt64] = []
        for (index, byte) in bytes.drop(while: { $0 == 0 }).reversed().enumerated() {
            if index % 8 == 0 { limbs.append(0) }
            limbs[index / 8] |= UInt64(byte) << UInt64(8 * (index % 8))
        }
        return limbs
    }

    /// `base` to the power of `exponent`, big-endian, in `byteCount` bytes. Nil if `base` is not below the modulus.
    func power(_ base: [UInt8], _ exponent: UInt64) -> [UInt8]? {
        var factor = Self.limbs(base[...])
        guard factor.count <= limbs.count else { return nil }
        factor += [UInt64](repeating: 0, count: limbs.count - factor.count)
        guard !isAtLeastModulus(factor) else { return nil }
        var one = [UInt64](repeating: 0, count: limbs.count)
        one[0] = 1
        let square = squareOfRadix(one)
        factor = product(factor, square)
        var result = product(one, square)
        for bit in (0..<64 - exponent.leadingZeroBitCount).reversed() {
            result = product(result, result)
            if exponent >> UInt64(bit) & 1 == 1 { result = product(result, factor) }
        }
        result = product(result, one)
        return (0..<byteCount).reversed().map { index in
            UInt8(truncatingIfNeeded: result[index / 8] >> UInt64(8 * (index % 8)))
        }
    }

    /// (2⁶⁴)²ⁿ for n limbs, by doubling.
    private func squareOfRadix(_ one: [UInt64]) -> [UInt64] {
        var value = one
        for _ in 0..<128 * limbs.count {
            var carry: UInt64 = 0
            for index in value.indices {
                let next = value[index] >> 63
                value[index] = value[index] << 1 | carry
                carry = next
            }
            if carry == 1 || isAtLeastModulus(value) { subtractModulus(&value) }
        }
        return value
    }

    private func isAtLeastModulus(_ value: [UInt64]) -> Bool {
        for index in limbs.indices.reversed() where value[index] != limbs[index] { return value[index] > limbs[index] }
        return true
    }

    private func subtractModulus(_ value: inout [UInt64]) {
        var borrow: UInt64 = 0
        for index in limbs.indices {
            let (first, isBelow) = value[index].subtractingReportingOverflow(limbs[index])
            let (second, isStillBelow) = first.subtractingReportingOverflow(borrow)
            value[index] = second
            borrow = isBelow || isStillBelow ? 1 : 0
        }
    }

    /// left × right / 2⁶⁴ⁿ, both below the modulus.
    private func product(_ left: [UInt64], _ right: [UInt64]) -> [UInt64] {
        let count = limbs.count
        var sum = [UInt64](repeating: 0, count: count)
        var high: UInt64 = 0
        for outer in 0..<count {
            var carry: UInt64 = 0
            for inner in 0..<count { (carry, sum[inner]) = Self.add(left[inner], right[outer], sum[inner], carry) }
            let (top, isOver) = high.addingReportingOverflow(carry)
            let factor = sum[0] &* negatedInverse
            (carry, _) = Self.add(factor, limbs[0], sum[0], 0)
            for inner in 1..<max(1, count) {
                (carry, sum[inner - 1]) = Self.add(factor, limbs[inner], sum[inner], carry)
            }
            let (last, isOverToo) = top.addingReportingOverflow(carry)
            sum[count - 1] = last
            high = (isOver ? 1 : 0) + (isOverToo ? 1 : 0)
        }
        if high != 0 || isAtLeastModulus(sum) { subtractModulus(&sum) }
        return sum
    }

    /// left × right + first + second, which fits into two words.
    private static func add(
        _ left: UInt64, _ right: UInt64, _ first: UInt64, _ second: UInt64
    ) -> (high: UInt64, low: UInt64) {
        let full = left.multipliedFullWidth(by: right)
        let (low, isOver) = full.low.addingReportingOverflow(first)
        let (sum, isOverToo) = low.addingReportingOverflow(second)
        return (full.high &+ (isOver ? 1 : 0) &+ (isOverToo ? 1 : 0), sum)
    }
}
