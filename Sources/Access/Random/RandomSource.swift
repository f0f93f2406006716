/// The source of random bytes; a parameter, so that tests see the same keys and salts in every run.
public struct RandomSource: Sendable {
    private let make: @Sendable (_ count: Int) -> [UInt8]

    public init(_ make: @escaping @Sendable (_ count: Int) -> [UInt8]) {
        self.make = make
    }

    /// The operating system's generator, fit for keys.
    public static let system = RandomSource { count in
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    public func bytes(_ count: Int) -> [UInt8] { make(count) }
}
