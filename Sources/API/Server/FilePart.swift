import NIOCore

/// A part of a response's body that the kernel takes from a file. It is written in its turn: after the head, and before the end.
struct FilePart: Sendable {
    let region: FileRegion
}
