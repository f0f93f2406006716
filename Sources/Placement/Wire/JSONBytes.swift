import API
import Model
import NIOCore

/// JSON text put together by hand, for answers that are megabytes of it, in the form in which the server sends it.
struct JSONBytes: Sendable {
    private(set) var buffer: ByteBuffer

    init(capacity: Int) {
        buffer = ByteBufferAllocator().buffer(capacity: capacity)
    }

    var count: Int { buffer.writerIndex }
    var bytes: [UInt8] { Array(buffer: buffer) }

    mutating func put(_ text: String) {
        buffer.writeString(text)
    }

    mutating func put(_ other: [UInt8]) {
        buffer.writeBytes(other)
    }

    mutating func put(_ other: JSONBytes) {
        buffer.writeImmutableBuffer(other.buffer)
    }

    /// Overwrites the bytes at `place`.
    ///
    /// Safe: the buffer copies the bytes during the call.
    mutating func replace(at place: Int, by other: UnsafeRawBufferPointer) {
        unsafe buffer.setBytes(other, at: place)
    }

    /// Removes all but the first `count` bytes.
    mutating func shorten(to count: Int) {
        buffer.moveWriterIndex(to: count)
    }

    /// `text` in quotes; it contains only letters, digits, underscores and dashes.
    mutating func quote(_ text: String) {
        buffer.writeInteger(UInt8(ascii: "\""))
        buffer.writeString(text)
        buffer.writeInteger(UInt8(ascii: "\""))
    }

    /// Safe: the buffer copies the bytes during the call.
    mutating func quote(_ text: UnsafeRawBufferPointer) {
        buffer.writeInteger(UInt8(ascii: "\""))
        unsafe buffer.writeBytes(text)
        buffer.writeInteger(UInt8(ascii: "\""))
    }

    /// `text` in quotes, with escapes.
    mutating func quote(escaping text: String) {
        guard text.utf8.contains(where: { $0 < 0x20 || $0 == 0x22 || $0 == 0x5c }) else { return quote(text) }
        var json = JSONWriter(capacity: text.utf8.count + 16)
        json.value(text)
        put(json.bytes)
    }

    mutating func put(_ number: Int) {
        guard number >= 0 else { return put("\(number)") }
        var length = 1
        var bound = 10
        while length < 19, number >= bound {
            length += 1
            bound = length == 19 ? .max : bound * 10
        }
        var rest = number
        var place = count + length
        buffer.writeRepeatingByte(48, count: length)
        while rest > 0 {
            place -= 1
            buffer.setInteger(48 + UInt8(rest % 10), at: place)
            rest /= 10
        }
    }

    /// Writes the comma between members; none before the first.
    mutating func separate(_ isFirst: inout Bool) {
        if isFirst { isFirst = false } else { buffer.writeInteger(UInt8(ascii: ",")) }
    }
}
