import Model

/// `clouds.yaml`, with which the `openstack` client and openstacksdk find this control plane.
struct CloudsFile {
    /// One entry of the file.
    struct Cloud {
        let name: String
        let user: String
        let project: String
        let password: Secret
    }

    /// Entries that sign in with a password at the embedded identity service.
    ///
    /// - Parameter authority: file of the certificate that clients must trust, if it was signed by none of their
    ///   authorities
    static func withPasswords(base: String, authority: String? = nil, _ clouds: [Cloud]) -> String {
        var text = header
        let trust = authority.map { "\n    cacert: \"\($0)\"" } ?? ""
        for cloud in clouds {
            text += """
                  \(cloud.name):
                    auth_type: password
                    auth:
                      auth_url: "\(base)/identity/v3"
                      username: \(cloud.user)
                      password: "\(cloud.password.revealed)"
                      project_name: \(cloud.project)
                      user_domain_name: Default
                      project_domain_name: Default
                    region_name: RegionOne\(trust)
                    identity_api_version: "3"

                """
        }
        return text
    }

    /// Entries for `--auth noauth2`: the token is the name of the user, and `admin` is an administrator.
    static func withoutAuthentication(base: String, authority: String? = nil) -> String {
        var text = header
        let trust = authority.map { "\n    cacert: \"\($0)\"" } ?? ""
        for (name, token) in [
            ("kilonova", "admin:admin"), ("kilonova-demo", "demo:demo"), ("kilonova-service", "admin:service"),
        ] {
            text += """
                  \(name):
                    auth_type: admin_token
                    auth:
                      endpoint: "\(base)/placement"
                      token: "\(token)"
                    placement_endpoint_override: "\(base)/placement"
                    accelerator_endpoint_override: "\(base)/accelerator/v2"\(trust)

                """
        }
        return text
    }

    private static let header = """
        # Written by `kilonova dev` at each start.
        clouds:

        """
}
