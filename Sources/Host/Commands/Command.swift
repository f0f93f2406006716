/// A program of the host to run, without a shell in between.
public struct Command: Sendable, Equatable {
    /// A path, or a name that is searched in the system's program folders.
    public var program: String
    public var arguments: [String]
    /// Timeout. After that, the program and everything that it started are killed.
    public var timeout: Duration
    /// Maximum number of bytes of the output and of the error output, each. A program that writes more is killed.
    package var outputLimit: Int

    public init(
        _ program: String, _ arguments: [String] = [], timeout: Duration = .seconds(30), outputLimit: Int = 1 << 20
    ) {
        self.program = program
        self.arguments = arguments
        self.timeout = timeout
        self.outputLimit = outputLimit
    }

    /// For a log: arguments with white space in quotes.
    public var text: String {
        ([program] + arguments).map { $0.contains(" ") || $0.isEmpty ? "'\($0)'" : $0 }.joined(separator: " ")
    }
}

/// The result of a program that was not killed.
public struct CommandResult: Sendable, Equatable {
    /// The exit status; 0 is success.
    public var status: Int32
    public var output: [UInt8]
    public var errors: [UInt8]

    public init(status: Int32 = 0, output: [UInt8] = [], errors: [UInt8] = []) {
        self.status = status
        self.output = output
        self.errors = errors
    }

    public init(status: Int32 = 0, _ output: String, errors: String = "") {
        self.init(status: status, output: Array(output.utf8), errors: Array(errors.utf8))
    }

    public var text: String { String(decoding: output, as: UTF8.self) }

    /// The first line of the error output, or of the output if that is empty; at most 200 characters.
    public var complaint: String {
        let said = errors.contains { $0 > 32 } ? errors : output
        let line = String(decoding: said, as: UTF8.self).split(separator: "\n").first ?? ""
        return String(line.prefix(200))
    }
}
