import KeyFiles

/// The files of a folder of Fernet keys. Every method blocks: call it on a thread for files.
struct KeyFolder: Sendable {
    private let folder: SecretFolder

    init(_ path: String) {
        folder = SecretFolder(path)
    }

    func keys() throws -> FernetKeyring.Keys {
        try trying {
            try folder.checkRights()
            let numbers = try numbers()
            guard !numbers.isEmpty else {
                throw KeyringError(
                    "The key folder \(folder.path) holds no keys; copy another replica's, or let the first one make them."
                )
            }
            return FernetKeyring.Keys(
                all: try numbers.reversed().map { number in
                    let text = try folder.secret(String(number)).filter { !$0.isWhitespace }
                    guard let key = Fernet.Key(text) else {
                        throw KeyringError(
                            "The key file \(folder.path)/\(number) is malformed; it must hold 32 bytes in URL-safe base64."
                        )
                    }
                    return key
                })
        }
    }

    /// Replicas may do this at the same time: each file is the first one's.
    func createIfEmpty(_ random: RandomSource) throws {
        try trying {
            try folder.make()
            guard try numbers().isEmpty else { return }
            for number in [0, 1] { _ = try folder.create(String(number), Fernet.Key.generate(random)) }
        }
    }

    func rotate(maxActive: Int, _ random: RandomSource) throws {
        try trying {
            let before = try numbers()
            let primary = (before.last ?? 0) + 1
            if before.first == 0 {
                try folder.move("0", to: String(primary))
            } else {
                try write(Fernet.Key.generate(random), as: primary)
            }
            try write(Fernet.Key.generate(random), as: 0)
            let signed = try numbers().filter { $0 > 0 }
            for number in signed.dropLast(max(2, maxActive) - 1) { try folder.remove(String(number)) }
        }
    }

    /// The numbers of the keys. Other names, such as that of a key that is still being written, are ignored.
    private func numbers() throws -> [Int] {
        try folder.names().filter { $0.utf8.allSatisfy { (48...57).contains($0) } }.compactMap { Int($0) }.sorted()
    }

    private func write(_ key: String, as number: Int) throws {
        guard try folder.create(String(number), key) else {
            throw KeyringError(
                "The keys in \(folder.path) are rotated by another process at the same time; look again.")
        }
    }

    private func trying<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let fault as SecretFolderFault {
            throw KeyringError("\(fault).")
        }
    }
}
