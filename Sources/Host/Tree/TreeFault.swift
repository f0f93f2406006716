/// Why a file, link or folder of the tree could not be read or written.
public struct TreeFault: Error, Sendable, Equatable {
    public let path: String
    public let reason: Reason

    public enum Reason: Sendable, Equatable {
        /// The file does not exist, or disappeared while it was read.
        case missing
        /// The program needs more privileges.
        case denied
        /// Longer than the reader's limit.
        case tooLarge
        /// The kernel cannot do it just now; a later attempt may succeed.
        case busy
        /// The kernel refuses the value, or the content is not text where text is expected.
        case invalid
        /// Links that point at one another.
        case loop
        /// Another errno.
        case other(Int32)
    }

    public init(_ path: String, _ reason: Reason) {
        self.path = path
        self.reason = reason
    }
}

extension TreeFault: CustomStringConvertible {
    public var description: String {
        switch reason {
        case .missing: "\(path) is not there"
        case .denied: "\(path) may not be read or written by this user"
        case .tooLarge: "\(path) is larger than expected"
        case .busy: "\(path) is busy"
        case .invalid: "\(path) holds or was given something that is not valid there"
        case .loop: "\(path) leads through links that point at one another"
        case .other(let number): "\(path) fails with error \(number)"
        }
    }
}
