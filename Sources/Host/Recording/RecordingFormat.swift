/// The archive of a recorded host: text, one line an entry, the same bytes for the same host.
///
/// ```
/// kilonova-host 1
/// # What a person should know of it.
/// /sys/devices/pci0000:00/0000:00:02.0
///  f vendor	0x1af4\n
///  b config	f41a0110…
///  l driver	../../../bus/pci/drivers/virtio-pci
///  x rom
/// ```
///
/// A line that begins with a slash opens a folder; the entries below it begin with a space and a letter: `f` text, `b` bytes in
/// hexadecimal, `l` a link and its target, `x` a file that is there and may not be read. A tab ends the name. In names,
/// targets and texts `\\`, `\n`, `\t` and `\xHH` stand for what would break the line.
enum RecordingFormat {
    static let heading = "kilonova-host 1"

    static func escaped(_ text: some Sequence<UInt8>) -> [UInt8] {
        var out: [UInt8] = []
        for byte in text {
            switch byte {
            case 92: out += [92, 92]
            case 10: out += [92, 110]
            case 9: out += [92, 116]
            case 0..<32, 127: out += [92, 120] + digits(byte)
            default: out.append(byte)
            }
        }
        return out
    }

    /// Nil if an escape sequence is invalid.
    static func unescaped(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        var out: [UInt8] = []
        out.reserveCapacity(text.count)
        var rest = text
        while let byte = rest.popFirst() {
            guard byte == 92 else {
                out.append(byte)
                continue
            }
            switch rest.popFirst() {
            case 92: out.append(92)
            case 110: out.append(10)
            case 116: out.append(9)
            case 120:
                guard let high = rest.popFirst().flatMap(value), let low = rest.popFirst().flatMap(value) else {
                    return nil
                }
                out.append(high << 4 | low)
            default: return nil
            }
        }
        return out
    }

    static func hexadecimal(_ bytes: [UInt8]) -> [UInt8] { bytes.flatMap(digits) }

    static func bytes(hexadecimal text: ArraySlice<UInt8>) -> [UInt8]? {
        guard text.count.isMultiple(of: 2) else { return nil }
        var out: [UInt8] = []
        out.reserveCapacity(text.count / 2)
        var rest = text
        while let first = rest.popFirst(), let second = rest.popFirst() {
            guard let high = value(first), let low = value(second) else { return nil }
            out.append(high << 4 | low)
        }
        return out
    }

    private static func digits(_ byte: UInt8) -> [UInt8] { [digit(byte >> 4), digit(byte & 15)] }
    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 48 + value : 87 + value }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 48...57: digit - 48
        case 97...102: digit - 87
        default: nil
        }
    }
}
