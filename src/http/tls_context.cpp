#include "http/tls_context.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/address.hpp>
#include <utility>

#include "base/safe_text.hpp"

namespace clawback::http {
namespace {

namespace ssl = asio::ssl;
using boost::system::error_code;

// With TLS 1.3 a client may resume; this only has to be the same for the life of the server.
constexpr std::array<unsigned char, 8> session_context = {'c', 'l', 'a', 'w', 'b', 'a', 'c', 'k'};

Error unusable(std::string what, const error_code& why) {
  return Error{.code = Errc::invalid, .message = std::move(what) + ": " + printable(why.message())};
}

void require_modern_tls(ssl::context& context) {
  SSL_CTX* native = context.native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(native, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
}

}  // namespace

Result<ssl::context> client_context(const std::optional<std::string>& ca_file) {
  ssl::context context(ssl::context::tls_client);
  require_modern_tls(context);
  error_code failed;
  context.set_default_verify_paths(failed);
  if (failed) return unusable("the system's trusted certificates", failed);
  if (ca_file) {
    context.load_verify_file(*ca_file, failed);
    if (failed) {
      Error error =
          unusable("the certificates in " + printable(*ca_file) + " can't be used", failed);
      error.hint = "ca_file is a file of PEM certificates";
      return error;
    }
  }
  context.set_verify_mode(ssl::verify_peer, failed);
  if (failed) return unusable("TLS verification", failed);
  // Sessions are kept by the pool, per origin.
  SSL_CTX_set_session_cache_mode(context.native_handle(), SSL_SESS_CACHE_OFF);
  constexpr std::array<unsigned char, 9> http_1_1 = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  SSL_CTX_set_alpn_protos(context.native_handle(), http_1_1.data(), http_1_1.size());
  return context;
}

Result<ssl::context> server_context(const std::string& certificate_pem,
                                    const std::string& key_pem) {
  ssl::context context(ssl::context::tls_server);
  require_modern_tls(context);
  // Most connections of a server rest.
  SSL_CTX_set_mode(context.native_handle(), SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_id_context(context.native_handle(), session_context.data(),
                                 session_context.size());
  error_code failed;
  context.use_certificate_chain(asio::buffer(certificate_pem), failed);
  if (failed) return unusable("the server's certificate", failed);
  context.use_private_key(asio::buffer(key_pem), ssl::context::pem, failed);
  if (failed) return unusable("the server's key", failed);
  return context;
}

Result<void> expect_peer(SSL* connection, const Origin& origin) {
  X509_VERIFY_PARAM* expected = SSL_get0_param(connection);
  X509_VERIFY_PARAM_set_hostflags(
      expected, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  error_code not_address;
  (void)asio::ip::make_address(origin.host, not_address);
  bool set = false;
  if (!not_address) {
    set = X509_VERIFY_PARAM_set1_ip_asc(expected, origin.host.c_str()) == 1;
  } else {
    set = X509_VERIFY_PARAM_set1_host(expected, origin.host.c_str(), 0) == 1 &&
          SSL_set_tlsext_host_name(connection, origin.host.c_str()) == 1;
  }
  if (set) return {};
  return Error{.code = Errc::invalid, .message = "unusable host name " + printable(origin.host)};
}

std::string handshake_failure(SSL* connection, const error_code& failed) {
  const long verified = SSL_get_verify_result(connection);
  if (verified == X509_V_OK) return printable(failed.message());
  return std::string("its certificate is not accepted: ") + X509_verify_cert_error_string(verified);
}

}  // namespace clawback::http
