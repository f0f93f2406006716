extension Timestamp {
    /// The parts of a moment in the proleptic Gregorian calendar, UTC.
    public struct Civil: Hashable, Sendable {
        public var year: Int
        public var month: Int
        public var day: Int
        public var hour: Int
        public var minute: Int
        public var second: Int
        package var microsecond: Int
        /// 0 is Sunday.
        package var weekday: Int
    }

    /// Days-to-civil after Howard Hinnant's published algorithm (public domain), valid for all years met here.
    public var civil: Civil {
        var seconds = microseconds / 1_000_000
        var fraction = microseconds % 1_000_000
        if fraction < 0 {
            fraction += 1_000_000
            seconds -= 1
        }
        var days = seconds / 86_400
        var rest = seconds % 86_400
        if rest < 0 {
            rest += 86_400
            days -= 1
        }
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return Civil(
            year: Int(year), month: Int(month), day: Int(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1),
            hour: Int(rest / 3600), minute: Int(rest % 3600 / 60), second: Int(rest % 60),
            microsecond: Int(fraction), weekday: Int(((days % 7) + 11) % 7))
    }

    /// The moment that `civil` describes; its weekday is ignored.
    public init(_ civil: Civil) {
        let year = Int64(civil.month <= 2 ? civil.year - 1 : civil.year)
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let month = Int64(civil.month)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + Int64(civil.day) - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        let days = era * 146_097 + dayOfEra - 719_468
        let seconds = days * 86_400 + Int64(civil.hour * 3600 + civil.minute * 60 + civil.second)
        self.init(microseconds: seconds * 1_000_000 + Int64(civil.microsecond))
    }

    /// `2026-11-21T00:07:29.834118`, without a zone.
    public var isoMicroseconds: String { iso(zone: "") }

    /// `2026-11-21T00:07:29.834118+00:00`, the accelerator service's form.
    public var isoOffset: String { iso(zone: "+00:00") }

    /// `2026-11-21T00:07:29.834118Z`, Identity's form.
    public var isoZulu: String { iso(zone: "Z") }

    /// Writes into one buffer, because lists show thousands.
    ///
    /// Safe: the closure writes no more bytes than it asked for, and returns how many it wrote.
    private func iso(zone: String) -> String {
        let civil = civil
        guard (0...9999).contains(civil.year) else { return isoOfFarYear(civil) + zone }
        let zone = zone.utf8
        return unsafe String(unsafeUninitializedCapacity: 26 + zone.count) { text in
            var place = 0
            func put(_ byte: UInt8) {
                unsafe text[place] = byte
                place += 1
            }
            func put(_ value: Int, digits: Int) {
                var scale = digits == 6 ? 100_000 : digits == 4 ? 1000 : 10
                while scale > 0 {
                    put(UInt8(ascii: "0") + UInt8(value / scale % 10))
                    scale /= 10
                }
            }
            put(civil.year, digits: 4)
            put(UInt8(ascii: "-"))
            put(civil.month, digits: 2)
            put(UInt8(ascii: "-"))
            put(civil.day, digits: 2)
            put(UInt8(ascii: "T"))
            put(civil.hour, digits: 2)
            put(UInt8(ascii: ":"))
            put(civil.minute, digits: 2)
            put(UInt8(ascii: ":"))
            put(civil.second, digits: 2)
            put(UInt8(ascii: "."))
            put(civil.microsecond, digits: 6)
            for byte in zone { put(byte) }
            return place
        }
    }

    private func isoOfFarYear(_ civil: Civil) -> String {
        "\(civil.year)-\(two(civil.month))-\(two(civil.day))T"
            + "\(two(civil.hour)):\(two(civil.minute)):\(two(civil.second)).\(six(civil.microsecond))"
    }

    /// `Sat, 21 Nov 2026 00:07:29 GMT` (RFC 9110 section 5.6.7).
    public var httpDate: String {
        let civil = civil
        return "\(Self.weekdays[civil.weekday]), \(two(civil.day)) \(Self.months[civil.month - 1]) \(civil.year) "
            + "\(two(civil.hour)):\(two(civil.minute)):\(two(civil.second)) GMT"
    }

    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Reads ISO 8601 date and time with optional fraction and optional `Z` or `±hh:mm`; no zone means UTC.
    /// Nil when a part is missing or out of range.
    public init?(iso text: String) {
        let bytes = Array(text.utf8)
        func number(_ from: Int, _ count: Int) -> Int? {
            guard from + count <= bytes.count else { return nil }
            var value = 0
            for byte in bytes[from..<(from + count)] {
                guard byte >= 48, byte <= 57 else { return nil }
                value = value * 10 + Int(byte - 48)
            }
            return value
        }
        guard bytes.count >= 19, bytes[4] == 45, bytes[7] == 45, bytes[10] == 84 || bytes[10] == 32,
            bytes[13] == 58, bytes[16] == 58,
            let year = number(0, 4), let month = number(5, 2), let day = number(8, 2),
            let hour = number(11, 2), let minute = number(14, 2), let second = number(17, 2),
            (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 61
        else { return nil }
        var position = 19
        var fraction = 0
        if position < bytes.count, bytes[position] == 46 {
            position += 1
            var digits = 0
            while position < bytes.count, let digit = number(position, 1) {
                if digits < 6 {
                    fraction = fraction * 10 + digit
                    digits += 1
                }
                position += 1
            }
            guard digits > 0 else { return nil }
            while digits < 6 {
                fraction *= 10
                digits += 1
            }
        }
        var offset = 0
        if position < bytes.count {
            switch bytes[position] {
            case 90, 122:
                guard position + 1 == bytes.count else { return nil }
            case 43, 45:
                guard position + 6 == bytes.count, bytes[position + 3] == 58,
                    let hours = number(position + 1, 2), let minutes = number(position + 4, 2)
                else { return nil }
                offset = (hours * 60 + minutes) * (bytes[position] == 45 ? -60 : 60)
            default: return nil
            }
        }
        let civil = Civil(
            year: year, month: month, day: day, hour: hour, minute: minute, second: second, microsecond: fraction,
            weekday: 0)
        let local = Timestamp(civil)
        guard local.civil.day == day else { return nil }
        self.init(microseconds: local.microseconds - Int64(offset) * 1_000_000)
    }
}

private func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }

private func six(_ value: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: 6 - digits.utf8.count) + digits
}
