import ArgumentParser
import Logging
import Model
import Settings
import SystemPackage

/// Reports a command's failures: one sentence for each problem on standard error, and exit status 1.
enum Reporting {
    static func failures(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let fault as SettingsFault {
            throw complaint(fault.description)
        } catch let fault as Fault {
            throw complaint([fault.message, fault.context].compactMap(\.self).joined(separator: " "))
        } catch let known as any FaultConvertible {
            throw complaint([known.fault.message, known.fault.context].compactMap(\.self).joined(separator: " "))
        } catch let error as any CustomStringConvertible & Error {
            throw complaint(error.description)
        }
    }

    /// A logger that writes lines to standard error. It must be created once, before anything else logs.
    static func logger(_ settings: LogSettings) -> Logger {
        let level = Logger.Level(settings.level)
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = level
            return handler
        }
        return Logger(label: "kilonova")
    }

    /// Prints a line immediately, even if standard output is a pipe.
    static func say(_ line: String) {
        _ = try? FileDescriptor.standardOutput.writeAll(Array((line + "\n").utf8))
    }

    /// Prints text that contains its own line ends.
    static func say(whole text: String) {
        _ = try? FileDescriptor.standardOutput.writeAll(Array(text.utf8))
    }

    private static func complaint(_ text: String) -> ExitCode {
        _ = try? FileDescriptor.standardError.writeAll(Array((text + "\n").utf8))
        return ExitCode(1)
    }
}

extension Logger.Level {
    init(_ level: LogSettings.Level) {
        self =
            switch level {
            case .trace: .trace
            case .debug: .debug
            case .info: .info
            case .notice: .notice
            case .warning: .warning
            case .error: .error
            case .critical: .critical
            }
    }
}
