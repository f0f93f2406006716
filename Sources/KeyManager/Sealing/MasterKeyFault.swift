/// Why master keys cannot be used, for the operator.
enum MasterKeyFault: Error, CustomStringConvertible {
    /// With the file.
    case malformed(String)
    /// With the folder.
    case none(String)

    var description: String {
        switch self {
        case .malformed(let file): "\(file) must hold 32 bytes in base64"
        case .none(let folder): "\(folder) holds no key; copy another replica's folder, or restore a backup"
        }
    }
}
