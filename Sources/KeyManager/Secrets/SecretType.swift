/// What a secret is for, as its owner says. Nothing checks that a payload is one.
enum SecretType: String, Sendable, CaseIterable {
    case symmetric
    case `public`
    case `private`
    case passphrase
    case certificate
    case opaque
}
