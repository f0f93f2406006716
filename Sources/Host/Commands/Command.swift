/// A program of the host to run, without a shell in between.
public struct Command: Sendable, Equatable {
    /// A path, or a name that is looked for in the system's folders of programs.
    public var program: String
    public var arguments: [String]
    /// How long it may take; then it is killed with all it started.
    public var timeout: Duration
    /// Bytes of output and of error text each; a program that says more is killed.
    public var outputLimit: Int

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

/// How a program ended that ended by itself.
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

    /// The first line of the error text, or of the output where there is none; at most 200 characters.
    public var complaint: String {
        let said = errors.contains { $0 > 32 } ? errors : output
        let line = String(decoding: said, as: UTF8.self).split(separator: "\n").first ?? ""
        return String(line.prefix(200))
    }
}
