/// Numbers of headers. What lies behind the last byte reads as zero.
extension [UInt8] {
    func little<Number: FixedWidthInteger & UnsignedInteger>(_: Number.Type, at offset: Int) -> Number {
        var number: Number = 0
        for place in (0..<Number.bitWidth / 8).reversed() {
            number = number << 8 | Number(truncatingIfNeeded: byte(at: offset + place))
        }
        return number
    }

    func big<Number: FixedWidthInteger & UnsignedInteger>(_: Number.Type, at offset: Int) -> Number {
        var number: Number = 0
        for place in 0..<Number.bitWidth / 8 {
            number = number << 8 | Number(truncatingIfNeeded: byte(at: offset + place))
        }
        return number
    }

    func byte(at offset: Int) -> UInt8 { indices.contains(offset) ? self[offset] : 0 }

    /// Whether `other` stands at `offset`, as a whole.
    func holds(_ other: [UInt8], at offset: Int = 0) -> Bool {
        offset >= 0 && offset + other.count <= count && self[offset..<offset + other.count].elementsEqual(other)
    }
}
