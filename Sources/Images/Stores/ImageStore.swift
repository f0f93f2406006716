public import Model
public import NIOCore

public enum ImageStoreKind {}
public enum BlobKind {}
public enum UploadKind {}
public enum StoreMarkKind {}

/// The name by which operators and clients know a store: `fast`, `file`.
public typealias StoreName = NameID<ImageStoreKind>
/// What data are called in a store. A name is given once and never again, so that a late removal cannot hit other data.
public typealias BlobName = NameID<BlobKind>
/// One arrival of data.
public typealias UploadID = UniqueID<UploadKind>
/// Tells the medium of a store from every other, as the medium and the database both have it.
public typealias StoreMark = UniqueID<StoreMarkKind>

/// Keeps the data of images. It knows names and bytes, and neither images nor their owners.
///
/// Methods throw `Fault`s: 413 where the medium is full, 503 where it cannot be used.
public protocol ImageStore: Sendable {
    /// What kind of store it is, as administrators see it: `file`, `s3`.
    var type: String { get }
    /// Its settings, as administrators see them; no secrets.
    var properties: [String: String] { get }
    /// Whether who reads a blob reads on after it is removed.
    var outlivesRemoval: Bool { get }
    /// The mark on the medium; nil where it has none. Throws 400 where the settings cannot be right, with what would be.
    func mark() async throws -> StoreMark?
    /// Marks a medium that has no mark.
    func leave(_ mark: StoreMark) async throws
    /// Tries whether data can be read and written here, and leaves nothing behind. Throws where they cannot.
    func probe() async throws
    /// A place for new data, which nobody reads until they are kept.
    func begin(_ upload: UploadID) async throws -> any BlobDraft
    /// Nil where the store does not have the blob, or not as many bytes of it.
    func open(_ blob: BlobName, size: Int) async throws -> (any BlobReader)?
    /// Where administrators find the blob, as a URL.
    func address(of blob: BlobName) -> String
    /// A URL from which anybody may read the blob until `lifetime` has passed; nil where the store gives none.
    func link(to blob: BlobName, lifetime: Duration) -> String?
    /// Done also where there is no such blob.
    func remove(_ blob: BlobName) async throws
    /// The uploads whose data are here and not kept.
    func drafts() async throws -> [UploadID]
    /// Removes what an upload left behind. Done also where that is nothing.
    func discard(_ upload: UploadID) async throws
}

/// Data on their way into a store.
public protocol BlobDraft: Sendable {
    func append(_ bytes: ByteBuffer) async throws
    /// Makes the data durable under a name. When this returns, a crash of the machine does not lose them.
    func keep(as blob: BlobName) async throws
    func discard() async
}

/// An open blob.
public protocol BlobReader: Sendable {
    /// Gives the pieces of a range in order, then nil.
    func pieces(of range: Range<Int>) -> @Sendable () async throws -> ByteBuffer?
    /// Gives the same bytes as regions of a file, which are in memory when they are given. Nil where the blob is in no file.
    func regions(of range: Range<Int>) -> (@Sendable () async throws -> FileRegion?)?
}

extension BlobReader {
    public func regions(of range: Range<Int>) -> (@Sendable () async throws -> FileRegion?)? { nil }
}
