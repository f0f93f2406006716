public import Model

public enum PartyKind {}

/// Who is meant on a host: a part of its agent, and the service that speaks to it.
public typealias Party = NameID<PartyKind>

extension NameID where Kind == PartyKind {
    /// The devices of a host, and the accelerator service.
    public static var devices: Party { "devices" }
}
