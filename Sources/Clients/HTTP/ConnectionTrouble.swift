import AsyncHTTPClient
import Model
import NIOCore
import NIOPosix

/// Why a peer could not be reached, in the operating system's words if there are any; for logs.
public enum ConnectionTrouble {
    public static func text(_ error: any Error) -> String {
        switch error {
        case let error as IOError: SystemError.text(error.errnoCode)
        case let error as NIOConnectionError: text(error)
        case let error as HTTPClientError: error.shortDescription
        default: "\(error)"
        }
    }

    private static func text(_ error: NIOConnectionError) -> String {
        if let attempt = error.connectionErrors.last { return text(attempt.error) }
        return "the name '\(error.host)' cannot be resolved"
    }
}
