public import Model

/// Issues tokens and reads them. Any replica with the keys verifies the tokens of another one without a database.
public struct TokenCodec: Sendable {
    private let keyring: FernetKeyring
    private let time: TimeSource
    private let random: RandomSource
    /// How far the clocks of two replicas may differ.
    private let skew: Duration = .seconds(60)

    public init(keyring: FernetKeyring, time: TimeSource = .system, random: RandomSource = .system) {
        self.keyring = keyring
        self.time = time
        self.random = random
    }

    /// A token with `payload`, signed with the primary key. It has less than 255 characters with Identity's usual ids.
    public func seal(_ payload: TokenPayload) throws(Fault) -> Secret {
        guard let bytes = payload.binary, let primary = keyring.current.all.first else {
            throw .internalError("a token for user \(payload.user) cannot be written: an id is empty or too long")
        }
        let seconds = UInt64(clamping: payload.issued.microseconds / 1_000_000)
        do {
            return Secret(
                try Fernet.seal(.init(bytes: bytes, seconds: seconds), with: primary, iv: random.bytes(16)))
        } catch {
            throw .internalError("sealing a token failed: \(error)")
        }
    }

    /// The payload of `token`; nil if the token is forged, malformed, from the future, or expired for longer than
    /// `grace`.
    ///
    /// If no known key signed the token, the key folder is read again, at most once a second, because another replica
    /// may have rotated the keys.
    public func open(_ token: Secret, grace: Duration = .zero) async -> TokenPayload? {
        if let payload = open(token, with: keyring.current, grace: grace) { return payload }
        guard Self.looksLikeToken(token), await keyring.reloadIfDue() else { return nil }
        return open(token, with: keyring.current, grace: grace)
    }

    private func open(_ token: Secret, with keys: FernetKeyring.Keys, grace: Duration) -> TokenPayload? {
        guard
            let message = Fernet.open(token.revealed, with: keys.all), let payload = TokenPayload(binary: message.bytes)
        else { return nil }
        let now = time.now()
        guard payload.issued <= now + skew, now < payload.expires + grace else { return nil }
        return payload
    }

    /// Whether the text begins with the version byte 0x80 and a zero byte of the time, in base64.
    private static func looksLikeToken(_ token: Secret) -> Bool { token.revealed.hasPrefix("gAAAAA") }
}
